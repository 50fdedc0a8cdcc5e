from __future__ import annotations

import shlex
from collections.abc import Mapping

from jobs.document import Document, LinkDoc, ResourceDoc, SecretRef, ServiceDoc
from platform_admin.models import Environment, Link, Resource, Service, Variable
from platform_admin.verbs import environ


def draft(environment: Environment) -> Document:
    """The environment's rows as a document: what releasing now would freeze."""
    services = environment.services.select_related("artifact").prefetch_related(
        "links__to_service", "links__to_resource"
    )
    variables = environ.by_scope(environment)
    return Document(
        app=environment.app.slug,
        environment=environment.slug,
        services=tuple(_service(row, environ.winning(variables, row)) for row in services),
        resources=tuple(_resource(row) for row in environment.resources.all()),
    )


def _service(service: Service, variables: Mapping[str, Variable]) -> ServiceDoc:
    artifact = service.artifact
    return ServiceDoc(
        name=service.name,
        kind=service.kind,
        artifact=artifact.sha256 if artifact else None,
        archive=artifact.format if artifact else None,
        image=service.image or None,
        command=tuple(shlex.split(service.command)),
        release_command=tuple(shlex.split(service.release_command)),
        port=service.port,
        health_path=service.health_path or None,
        cpu_mhz=service.cpu_mhz,
        memory_mb=service.memory_mb,
        start_limit_s=service.start_limit_s,
        kill_timeout_s=service.kill_timeout_s,
        variables=environ.plain(variables.values()),
        secrets={row.name: _secret(row) for row in variables.values() if row.secret},
        links=tuple(_link(link) for link in service.links.all()),
    )


def _secret(row: Variable) -> SecretRef:
    """The secret's newest version: the form writes it, running releases keep theirs."""
    newest = max((version.number for version in row.versions.all()), default=None)
    if newest is None:
        raise RuntimeError(f"The secret {row.name} of {row.environment} has no version.")
    return SecretRef("environment" if row.service_id is None else "service", newest)


def _link(link: Link) -> LinkDoc:
    return LinkDoc(link.variable, link.target, link.property, link.database or None)


def _resource(row: Resource) -> ResourceDoc:
    return ResourceDoc(
        name=row.name,
        kind=row.kind,
        cpu_mhz=row.cpu_mhz,
        memory_mb=row.memory_mb,
        start_limit_s=row.start_limit_s,
        version=row.version or None,
        max_connections=row.max_connections,
        external=row.external,
    )
