"""A page as a response: its template with what stands on every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from platform_admin.models import Team
from platform_admin.pages.trail import Part
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor


def actor_of(request: HttpRequest) -> Actor:
    """Who asks, and from where."""
    return Actor(user=request.user, address=request.META.get("REMOTE_ADDR"))  # type: ignore[arg-type]


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, object],
    *,
    title: str,
    trail: Sequence[Part] = (),
    status: int = 200,
) -> HttpResponse:
    """The page, with title, trail and the teams of the person for the top bar."""
    every = {"title": title, "trail": trail, "teams": _teams(request)}
    return render(request, template, every | dict(context), status=status)


def _teams(request: HttpRequest) -> list[Team]:
    if not request.user.is_authenticated:
        return []
    return list(scope.teams(actor_of(request)).order_by("name"))
