"""Services whose live job was changed, stopped or lost in Nomad, and one button for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from platform_admin.models import Colour
from platform_admin.pages.render import actor_of
from platform_admin.pages.words import count
from platform_admin.verbs.bring_back import bring_all_back
from platform_admin.verbs.bring_back import drifted as drifted_colours

MOST = 10


@dataclass(frozen=True)
class Drifted:
    """The first of them by name, and how many there are."""

    shown: Sequence[Colour]
    total: int


def drifted() -> Drifted:
    """What drifted, in one query, or two where not all of it is shown."""
    found = drifted_colours().select_related("service__environment__app__team")
    rows = list(found.order_by("service__slug_row")[:MOST])
    return Drifted(rows, len(rows) if len(rows) < MOST else found.count())


@require_POST
def bring_back(request: HttpRequest) -> HttpResponse:
    """Deploys what is live again, wherever something drifted; then shows the first page."""
    begun = bring_all_back(actor_of(request))
    if begun:
        said = count(len(begun), "deployment brings", "deployments bring")
        messages.success(request, f"{said} everything back.")
    else:
        messages.info(request, "Nothing was to be brought back.")
    return redirect("admin:index")
