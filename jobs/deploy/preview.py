"""What a form or a draft will become, before anything is sent."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from jobs import servers
from jobs.deploy.domains import first_address
from jobs.deploy.place import place_of
from jobs.deploy.values import service_properties
from jobs.document import LinkDoc, ServiceDoc, changed
from jobs.document.types import ALONE
from jobs.errors import ClusterError
from jobs.nomad import texts
from jobs.specs import consul_entries, service_job, slug
from platform_admin.models import Artifact, Environment, Service
from platform_admin.rules.fields import ServiceFields
from platform_admin.rules.rollout import Colour, other
from platform_admin.verbs.drafts import draft, options
from platform_admin.verbs.links import LinkFields
from platform_admin.verbs.live import live_doc


@dataclass(frozen=True)
class Preview:
    """A Nomad job, the Consul entries that it makes, and the address that people use."""

    job: dict[str, Any]
    consul: list[dict[str, Any]]
    address: str


@dataclass(frozen=True)
class ServicePlan:
    """What Nomad says it would do for a service that the draft changes.

    `failures` are its reasons for instances that it can not place; `error` is why it could not
    be asked. `alone`: of it never two run.
    """

    name: str
    new: bool
    alone: bool = False
    placed: int = 0
    failures: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class DraftPlan:
    """What deploying the draft would do: the services that differ from what is live."""

    services: tuple[ServicePlan, ...]


def service_preview(
    environment: Environment, fields: ServiceFields, links: Sequence[LinkFields] | None
) -> Preview:
    """What valid fields become: the job of the first colour, at the minimum of instances.

    Without `links` those that are saved count.
    ValueError where the cell's driver can not run it.
    """
    saved = draft(environment).service(fields.name)
    doc = _doc(fields, saved, links)
    return _preview(environment, doc, "blue", release=1, count=fields.minimum)


def lends_no_memory(job: dict[str, Any]) -> bool:
    """Whether Nomad says that the job gets no memory beside its own; not where it does not say."""
    try:
        return texts.lends_no_memory(servers.nomad().plan(job).warnings)
    except ClusterError:
        return False


def live_preview(service: Service) -> Preview | None:
    """What a service of the draft is as a job today; None where it can not be made."""
    doc = draft(service.environment).service(service.name)
    if doc is None:
        return None
    colour: Colour = "green" if service.rollout.live == "green" else "blue"
    live = service.colours.get(colour=colour).release
    release = live.number if live else 1
    try:
        return _preview(service.environment, doc, colour, release=release, count=service.desired)
    except ValueError:
        return None


def plan(environment: Environment) -> DraftPlan:
    """What the draft would change, service by service, with Nomad's own plan."""
    document = draft(environment)
    services = (
        Service.objects.filter(environment=environment)
        .select_related("rollout", "environment__app__team", "environment__cell")
        .prefetch_related("colours__release")
    )
    by_name = {service.name: service for service in services}
    plans = [_plan(by_name[doc.name], doc) for doc in document.services if doc.name in by_name]
    return DraftPlan(tuple(found for found in plans if found is not None))


def _plan(service: Service, doc: ServiceDoc) -> ServicePlan | None:
    live = live_doc(service)
    if not changed(live, doc):
        return None
    colour: Colour = other("blue" if service.rollout.live == "blue" else "green")
    if live is None:
        colour = "blue"
    found = ServicePlan(service.name, new=live is None, alone=doc.kind in ALONE)
    try:
        job = _job(service.environment, doc, colour, release=1, count=service.desired)
        answer = servers.nomad().plan(job)
    except ValueError as error:
        return replace(found, error=str(error))
    except ClusterError as error:
        return replace(found, error=error.message)
    reasons = tuple(reason for failure in answer.failures for reason in failure.reasons)
    return replace(found, placed=answer.placed, failures=reasons)


def _doc(
    fields: ServiceFields, saved: ServiceDoc | None, links: Sequence[LinkFields] | None
) -> ServiceDoc:
    """The fields as a document's service, with the variables and secrets saved before."""
    chosen = fields.artifact_id
    artifact = Artifact.objects.filter(pk=chosen).first() if chosen is not None else None
    base = saved or ServiceDoc(name=fields.name, kind=fields.kind)
    return replace(
        base,
        kind=fields.kind,
        artifact=artifact.sha256 if artifact else None,
        archive=artifact.format if artifact else None,
        image=fields.image or None,
        command=tuple(shlex.split(fields.command)),
        release_command=tuple(shlex.split(fields.release_command)),
        port=fields.port,
        health_path=fields.health_path or None,
        cpu_mhz=fields.cpu_mhz,
        memory_mb=fields.memory_mb,
        start_limit_s=fields.start_limit_s,
        kill_timeout_s=fields.kill_timeout_s,
        **options(fields),
        links=base.links if links is None else tuple(_link(link) for link in links),
    )


def _link(link: LinkFields) -> LinkDoc:
    return LinkDoc(link.variable, link.target, link.property, link.database or None)


def _preview(
    environment: Environment, doc: ServiceDoc, colour: Colour, *, release: int, count: int
) -> Preview:
    job = _job(environment, doc, colour, release=release, count=count)
    public = first_address(environment, doc.name) or address(environment, doc)
    return Preview(job, consul_entries(job), public)


def _job(
    environment: Environment, doc: ServiceDoc, colour: Colour, *, release: int, count: int
) -> dict[str, Any]:
    return service_job(
        doc,
        app=environment.app.slug,
        environment=environment.slug,
        colour=colour,
        release=release,
        place=place_of(environment, doc),
        with_slug=True,
        count=count,
    )


def address(environment: Environment, doc: ServiceDoc) -> str:
    """Where people or other services reach a service by its name, whatever domains it has.

    "" without a port, or before an edge.
    """
    if doc.port is None:
        return ""
    found = service_properties(environment, doc)
    if doc.protocol == "tcp":
        return found["host"]
    if not environment.cell.private_address:
        return ""
    return found.get("public_url", found["url"])


def address_by_port(environment: Environment, doc: ServiceDoc) -> str:
    """The same by the edge's private port, for browsers that do not know the apps' domain."""
    name = slug(environment.app.slug, environment.slug, doc.name)
    return f"http://{environment.cell.private_address}/~{name}/"
