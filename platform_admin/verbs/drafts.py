from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from jobs.document import (
    ConstraintDoc,
    Document,
    HeaderDoc,
    LinkDoc,
    PortDoc,
    RedirectDoc,
    ResourceDoc,
    RestartDoc,
    Scope,
    SecretRef,
    ServiceDoc,
)
from platform_admin.models import Environment, Link, Resource, Service, Variable
from platform_admin.rules.fields import ServiceFields
from platform_admin.verbs import environ
from platform_admin.verbs.versions import drafted


def draft(environment: Environment) -> Document:
    """The environment's rows as a document: what releasing now would freeze.

    What is being deleted is no part of it.
    """
    staying = environment.services.filter(deletion__isnull=True).select_related("artifact")
    services = staying.prefetch_related("links__to_service", "links__to_resource")
    scopes = environ.by_scope(environment)
    return Document(
        app=environment.app.slug,
        environment=environment.slug,
        services=tuple(_service(row, scopes.winning(row), environment) for row in services),
        resources=tuple(
            resource_doc(row) for row in environment.resources.filter(deletion__isnull=True)
        ),
    )


def _service(
    service: Service, variables: Mapping[str, Variable], environment: Environment
) -> ServiceDoc:
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
        **options(service),
        variables=environ.plain(variables.values()),
        secrets={
            row.name: secret_ref(row, environment) for row in variables.values() if row.secret
        },
        links=tuple(link_doc(link) for link in service.links.all()),
    )


def options(service: Service | ServiceFields) -> dict[str, Any]:
    """What a row or a form says of a service's options, for its document; empty is Muster's own."""
    return {
        "protocol": service.protocol or None,
        "ports": tuple(PortDoc(name, port) for name, port in service.ports.items()),
        "check_interval_s": service.check_interval_s,
        "check_timeout_s": service.check_timeout_s,
        "user": service.user or None,
        "memory_max_mb": service.memory_max_mb,
        "disk_mb": service.disk_mb,
        "drain_s": service.drain_s,
        "kill_signal": service.kill_signal or None,
        "constraints": tuple(ConstraintDoc(**one) for one in service.constraints),
        "spread": service.spread or None,
        "restart": RestartDoc(**service.restart) if service.restart else None,
        "schedule": service.schedule or None,
        "time_zone": service.time_zone or None,
        "time_limit_s": service.time_limit_s,
        "fallback": service.fallback or None,
        "redirects": tuple(RedirectDoc(**one) for one in service.redirects),
        "headers": tuple(HeaderDoc(**one) for one in service.headers),
    }


def secret_ref(row: Variable, environment: Environment) -> SecretRef:
    """The version that the draft names: the form writes it, running releases keep theirs."""
    newest = drafted(row, environment)
    if newest is None:
        raise RuntimeError(f"The secret {row.name} of {row.owner} has no version.")
    return SecretRef(scope_of(row), newest.number)


def scope_of(row: Variable) -> Scope:
    """What owns the variable, as a document says it."""
    if row.service_id is not None:
        return "service"
    return "app" if row.environment_id is None else "environment"


def link_doc(link: Link) -> LinkDoc:
    """A link as the draft has it."""
    return LinkDoc(link.variable, link.target, link.property, link.database or None)


def resource_doc(row: Resource) -> ResourceDoc:
    """A resource as the draft has it."""
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
