"""What the services are, as a release says it and as Nomad runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.loop.world import ENVIRONMENT, REDIS, Unit
from jobs.deploy.place import driver
from jobs.document import Document, LinkDoc, ResourceDoc, ServiceDoc
from jobs.specs import service_job
from jobs.specs.place import Place
from platform_admin.rules.rollout import Colour

ARCHIVE = "0" * 64
VARIABLES = {f"SETTING_{number}": f"value-{number}" for number in range(8)}


def document(app: str, units: Sequence[Unit]) -> Document:
    """The release of an app's one environment."""
    redis = ResourceDoc(name=REDIS, kind=REDIS)
    services = tuple(service_doc(unit) for unit in units)
    return Document(app, ENVIRONMENT, services=services, resources=(redis,))


def service_doc(unit: Unit) -> ServiceDoc:
    """A service of a release."""
    return ServiceDoc(
        name=unit.name,
        kind=unit.kind,
        artifact=ARCHIVE,
        archive="tar.gz",
        command=("python3", "app.py"),
        port=8000 if unit.has_port else None,
        health_path="/healthz" if unit.has_port else None,
        variables=VARIABLES,
        links=(LinkDoc("REDIS_URL", REDIS),),
    )


def job(unit: Unit, colour: Colour) -> dict[str, Any]:
    """The job of one colour of it; the live one is found under the slug too."""
    place = Place(
        namespace=unit.team,
        region="global",
        driver=driver(None),
        largest_count=1000,
        artifacts_url="http://127.0.0.1/artifacts",
        apps_domain="localhost",
    )
    return service_job(
        service_doc(unit),
        app=unit.app,
        environment=ENVIRONMENT,
        colour=colour,
        release=1,
        place=place,
        with_slug=unit.has_port and colour == "blue",
    )
