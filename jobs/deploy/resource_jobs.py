"""The Nomad job of each kind of resource, by what the operator gave to run it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings

from jobs.deploy.place import driver, place
from jobs.document import ResourceDoc
from jobs.resources import KINDS
from jobs.resources.postgres import PostgresServer
from jobs.resources.redis import RedisServer
from platform_admin.models import Environment, Resource


def resource_job(environment: Environment, doc: ResourceDoc, resource: Resource) -> dict[str, Any]:
    """The Nomad job of a resource in its cell; ValueError where that can not run it."""
    return KINDS[doc.kind].job(
        doc,
        app=environment.app.slug,
        environment=environment.slug,
        port=resource.port,
        place=place(environment),
        **_SERVERS[doc.kind](doc, resource),
    )


def _redis(doc: ResourceDoc, resource: Resource) -> dict[str, Any]:
    """The operator's binary, else an image."""
    if settings.MUSTER_REDIS_COMMAND:
        server = RedisServer(driver(None), command=settings.MUSTER_REDIS_COMMAND)
    else:
        image = settings.MUSTER_REDIS_IMAGE
        server = RedisServer(driver(image), image=image)
    return {"server": server}


def _postgres(doc: ResourceDoc, resource: Resource) -> dict[str, Any]:
    """The operator's programs of the version, else an image; on the node that has the data."""
    version = doc.version or ""
    programs = settings.MUSTER_POSTGRES_PROGRAMS.get(version)
    image = None if programs else settings.MUSTER_POSTGRES_IMAGES.get(version)
    if not programs and not image:
        raise ValueError(
            f"This cluster runs no postgres of version {version or 'unknown'} any more."
        )
    server = PostgresServer(
        driver(image),
        programs=programs,
        image=image,
        folder=settings.MUSTER_POSTGRES_FOLDER,
        volume=settings.MUSTER_POSTGRES_VOLUME,
        # Data outlive a deleted resource: another one of its name must not find them.
        data=f"{resource.slug}-{resource.pk}",
    )
    return {"server": server, "node": resource.data_node}


_SERVERS: Mapping[str, Callable[[ResourceDoc, Resource], dict[str, Any]]] = {
    "redis": _redis,
    "postgres": _postgres,
}
