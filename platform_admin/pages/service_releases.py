"""The releases that changed a service, and the deployments that moved it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from platform_admin.models import Release, Service
from platform_admin.pages import drafted, standing, trail
from platform_admin.pages.access import of_service
from platform_admin.pages.drafted import Part
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.permissions import Permission

READ, SHOWN = 100, 30
"""How many of the environment's releases are read, and how many entries are shown."""


@dataclass(frozen=True)
class Entry:
    """A release that changed the service, with what it changed of it."""

    release: Release
    part: Part


@of_service(Permission.VIEW_APP)
def releases(request: HttpRequest, service: Service) -> HttpResponse:
    """The service's releases and deployments, newest first."""
    environment = service.environment
    deployments = service.deployments.select_related("release", "actor").order_by("-number")
    live = standing.live_colour(service)
    found, whole = entries(service)
    context = {
        "environment": environment,
        "service": service,
        "tab": "releases",
        "entries": found[:SHOWN],
        "read": None if whole else READ,
        "shown": SHOWN if len(found) > SHOWN else None,
        "live": live.release if live else None,
        "deployments": deployments[:SHOWN],
    }
    here = reverse("service_releases", args=[environment.app.slug, environment.slug, service.name])
    return page(
        request,
        "service/releases.html",
        context,
        title=f"Releases of {service}",
        trail=trail.then(trail.of_service(actor_of(request), service), "releases", here),
    )


def entries(service: Service) -> tuple[list[Entry], bool]:
    """The releases in which the service is another one than in the release before, newest first.

    And whether that is all: of an environment's releases the last 100 are read.
    """
    rows = service.environment.releases.select_related("author", "restores").order_by("-number")
    read = list(rows[: READ + 1])
    # The oldest that is read is only compared with, unless it is the first of all.
    whole = len(read) <= READ
    before: list[Release | None] = [*read[1:], *([None] if whole else [])]
    found = [
        Entry(after, part)
        for after, old in zip(read, before, strict=False)
        for part in drafted.between(old, after)
        if _is(part, service)
    ]
    return found, whole


def _is(part: Part, service: Service) -> bool:
    return part.noun == "service" and part.name == service.name
