from __future__ import annotations

import shlex

from jobs.document import Document, LinkDoc, ResourceDoc, SecretRef, ServiceDoc
from platform_admin.models import Environment, Resource, SecretVersion, Service, Variable
from platform_admin.verbs import environ


def draft(environment: Environment) -> Document:
    """The environment's rows as a document: what releasing now would freeze."""
    services = environment.services.select_related("artifact").order_by("name")
    return Document(
        app=environment.app.slug,
        environment=environment.slug,
        services=tuple(service_draft(environment, service) for service in services),
        resources=tuple(_resource(row) for row in environment.resources.order_by("name")),
    )


def service_draft(environment: Environment, service: Service) -> ServiceDoc:
    """One service's rows as a document; also for a service that was never saved."""
    own = environ.merged(environment, service if service.pk else None)
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
        variables=environ.plain(own.values()),
        secrets={row.name: _secret(row) for row in own.values() if row.secret},
        links=_links(service) if service.pk else (),
    )


def _secret(row: Variable) -> SecretRef:
    """The secret's newest version: the form writes it, running releases keep theirs."""
    newest = SecretVersion.objects.filter(variable=row).order_by("-number").first()
    if newest is None:
        raise RuntimeError(f"The secret {row.name} of {row.environment} has no version.")
    return SecretRef("environment" if row.service_id is None else "service", newest.number)


def _links(service: Service) -> tuple[LinkDoc, ...]:
    links = service.links.select_related("to_service", "to_resource")
    return tuple(LinkDoc(link.variable, link.target, link.property) for link in links)


def _resource(row: Resource) -> ResourceDoc:
    return ResourceDoc(
        name=row.name,
        kind=row.kind,
        cpu_mhz=row.cpu_mhz,
        memory_mb=row.memory_mb,
        start_limit_s=row.start_limit_s,
    )
