"""The live part of the status page: Muster's own parts, as the launcher tells of them."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from platform_admin.live.fragment import Fragment, answer, shared
from platform_admin.pages.access import operators
from platform_admin.pages.heard import Sign
from platform_admin.pages.part_lines import lines, wrong
from platform_admin.pages.parts import told


@operators
def parts(request: HttpRequest) -> HttpResponse:
    """The fragment as it is now."""
    return answer(request, shared(("parts",), fragment))


def fragment(signs: Mapping[int, Sign] | None = None) -> Fragment:
    """Each part with its state, or where to look where the launcher has started none."""
    now = timezone.now()
    found = told()
    shown = lines(found, now, signs) if found else []
    return Fragment(
        name="parts",
        url=reverse("status_parts_live"),
        template="status/_parts.html",
        context={
            "told": found,
            "lines": shown,
            "wrong": wrong(found, shown, now) if found else [],
            "old": found is not None and found.old(now),
        },
        moving=any(each.how.look != "healthy" for each in shown),
        ended=found is None,
    )
