from __future__ import annotations

from django.conf import settings

from jobs.specs.place import Place
from platform_admin.models import Environment
from platform_admin.rules.fields import CONTAINERS, PROCESSES


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
