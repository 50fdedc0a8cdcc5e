"""The resources of an environment, brought to what a release says of them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction

from jobs import servers
from jobs.deploy import record
from jobs.deploy.place import driver, place
from jobs.document import Document, ResourceDoc
from jobs.errors import Forbidden, Refused
from jobs.nomad import Job
from jobs.resources import KINDS
from jobs.resources.redis import RedisServer
from jobs.specs import names
from platform_admin.models import Deployment, DeploymentStep, Environment, Resource
from platform_admin.verbs import quota
from platform_admin.verbs.resources import password

State = DeploymentStep.State
NAMESPACE = "Provide the namespace"


def provide(deployment: Deployment, document: Document) -> list[Resource]:
    """The release's resources that do not pass in Consul yet; each is brought on its way.

    One that was deleted since the release was made is left out.
    """
    environment = deployment.environment
    staying = environment.resources.filter(deletion__isnull=True)
    rows = {row.name: row for row in staying}
    pairs = [(doc, rows[doc.name]) for doc in document.resources if doc.name in rows]
    return [row for doc, row in pairs if not _provide(deployment, environment, doc, row)]


def provide_namespace(deployment: Deployment) -> None:
    """Make the team's namespace; Refused with the command for an operator, if the token may not."""
    team = deployment.environment.app.team
    record.step(deployment, NAMESPACE, output=team.namespace)
    try:
        servers.nomad().ensure_namespace(team.namespace, f"Muster: {team.name}")
    except Forbidden as error:
        command = f"nomad namespace apply {team.namespace}"
        raise Refused(
            f"Nomad does not let Muster make the namespace {team.namespace}."
            f" An operator does it with: {command}",
            server="nomad",
            status=error.status,
        ) from error
    record.step(deployment, NAMESPACE, state=State.DONE)


def _provide(
    deployment: Deployment, environment: Environment, doc: ResourceDoc, resource: Resource
) -> bool:
    step = f"Provide {doc.name}"
    record.step(deployment, step, output=f"{doc.kind} at port {resource.port}")
    _write_password(environment, resource)
    _register(environment, resource, doc)
    passes = bool(servers.consul().health(resource.slug))
    if passes:
        record.step(deployment, step, state=State.DONE)
    return passes


def _write_password(environment: Environment, resource: Resource) -> None:
    namespace, path = environment.app.team.namespace, names.variable_path(resource.slug)
    items = {KINDS[resource.kind].password_key: password(resource.credentials.get())}
    present = servers.nomad().variable(namespace, path)
    if present is None or present.items != items:
        cas = present.modify_index if present else 0
        servers.nomad().put_variable(namespace, path, items, cas=cas)


def _register(environment: Environment, resource: Resource, doc: ResourceDoc) -> None:
    """Register the job where what stands in Nomad is not what the release says."""
    job = resource_job(environment, doc, resource.port)
    present = servers.nomad().job(environment.app.team.namespace, resource.slug)
    if present is None or present.stopped or _differs(job, present):
        index = present.job_modify_index if present else 0
        _note_placed(
            resource,
            max(doc.cpu_mhz, resource.placed_cpu_mhz),
            max(doc.memory_mb, resource.placed_memory_mb),
        )
        servers.nomad().register(job, enforce_index=index)
    _note_placed(resource, doc.cpu_mhz, doc.memory_mb)


def _note_placed(resource: Resource, cpu_mhz: int, memory_mb: int) -> None:
    """Write down how large it may run in Nomad now, and reserve that."""
    if (resource.placed_cpu_mhz, resource.placed_memory_mb) == (cpu_mhz, memory_mb):
        return
    resource.placed_cpu_mhz, resource.placed_memory_mb = cpu_mhz, memory_mb
    with transaction.atomic():
        held = quota.locked(resource.environment.app.team)
        resource.save(update_fields=["placed_cpu_mhz", "placed_memory_mb"])
        quota.reserve_resource(held, resource, found=True)


def _differs(job: dict[str, Any], present: Job) -> bool:
    plan = servers.nomad().plan(job)
    return bool(plan.edits or plan.placed or present.count != 1)


def resource_job(environment: Environment, doc: ResourceDoc, port: int) -> dict[str, Any]:
    """The Nomad job of a resource in its environment's cell."""
    return KINDS[doc.kind].job(
        doc,
        app=environment.app.slug,
        environment=environment.slug,
        port=port,
        place=place(environment),
        server=redis_server(),
    )


def redis_server() -> RedisServer:
    """What runs a redis in this cell: the operator's binary, else an image."""
    if settings.MUSTER_REDIS_COMMAND:
        return RedisServer(driver(None), command=settings.MUSTER_REDIS_COMMAND)
    return RedisServer(driver(settings.MUSTER_REDIS_IMAGE), image=settings.MUSTER_REDIS_IMAGE)
