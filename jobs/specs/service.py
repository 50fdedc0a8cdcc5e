from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jobs.document import ServiceDoc
from jobs.specs.cron import cron
from jobs.specs.entries import with_slug as add_slug
from jobs.specs.names import job_of, slug, suffix_of
from jobs.specs.place import Place
from jobs.specs.private import private
from jobs.specs.singleton import singleton
from jobs.specs.static import static
from jobs.specs.unit import Unit
from jobs.specs.web import web
from jobs.specs.worker import worker
from platform_admin.rules.rollout import Colour

KINDS: dict[str, Callable[[Unit, int, int], dict[str, Any]]] = {
    "web": web,
    "private": private,
    "worker": worker,
    "cron": cron,
    "singleton": singleton,
    "static": static,
}


def service_job(
    service: ServiceDoc,
    *,
    app: str,
    environment: str,
    colour: Colour,
    release: int,
    place: Place,
    with_slug: bool = False,
    count: int = 0,
) -> dict[str, Any]:
    """The Nomad job of one colour of a service, as `nomad job run -json` takes it.

    A kind without colours has one job; the colour says which of its values it reads.
    ValueError where the place's driver cannot run the service (no command, no image).
    """
    name = slug(app, environment, service.name)
    unit = Unit(
        service,
        app,
        environment,
        place,
        job_of(service.kind, name, colour),
        suffix_of(service.kind, colour),
    )
    job = KINDS[service.kind](unit, release, count)
    return add_slug(job, name) if with_slug else job
