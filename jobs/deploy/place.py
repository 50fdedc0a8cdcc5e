from __future__ import annotations

import shlex
from dataclasses import replace

from django.conf import settings

from jobs.document import ServiceDoc
from jobs.specs.place import FileServer, Place
from platform_admin.models import Environment
from platform_admin.rules.fields import CONTAINERS, PROCESSES


def place_of(environment: Environment, doc: ServiceDoc) -> Place:
    """Where an environment's job of this service runs, by what runs it."""
    if doc.kind != "static":
        return place(environment, image=doc.image)
    server = FileServer(
        tuple(shlex.split(settings.MUSTER_STATIC_COMMAND)), settings.MUSTER_STATIC_IMAGE
    )
    return replace(place(environment, image=None if server.command else server.image), files=server)


def place(environment: Environment, *, image: str | None = None) -> Place:
    """Where an environment's jobs run, by its cell, its team and the operator's settings."""
    return Place(
        namespace=environment.app.team.namespace,
        region=environment.cell.region,
        driver=driver(image),
        largest_count=environment.cell.largest_count,
        artifacts_url=f"{settings.MUSTER_URL}/artifacts",
        apps_domain=settings.MUSTER_APPS_DOMAIN,
    )


def driver(image: str | None) -> str:
    """The first of the operator's drivers that runs an image, or, without one, a process."""
    fitting = CONTAINERS if image else PROCESSES
    allowed: list[str] = settings.MUSTER_DRIVERS
    return next((name for name in allowed if name in fitting), allowed[0])
