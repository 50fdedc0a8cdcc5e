"""The resources of an environment, brought to what a release says of them."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from jobs import servers
from jobs.deploy import record
from jobs.deploy.databases import provide_databases
from jobs.deploy.external_login import try_login
from jobs.deploy.passing import passing
from jobs.deploy.resource_jobs import resource_job
from jobs.document import Document, ResourceDoc
from jobs.errors import Forbidden, Refused
from jobs.nomad import Job
from jobs.resources import KINDS
from jobs.resources.postgres.spec import DATA_KEY, KEPT, NEW
from jobs.specs import names
from platform_admin.models import Deployment, DeploymentStep, Environment, Resource
from platform_admin.verbs import quota
from platform_admin.verbs.credentials import password

State = DeploymentStep.State
NAMESPACE = "Provide the namespace"


def provide(deployment: Deployment, document: Document) -> list[Resource]:
    """The release's resources that do not pass in Consul yet; each is brought on its way.

    One that was deleted since the release was made is left out, and one that runs elsewhere where
    no service of the deployment has a link to it.
    """
    environment = deployment.environment
    staying = environment.resources.filter(deletion__isnull=True)
    rows = {row.name: row for row in staying}
    pairs = [(doc, rows[doc.name]) for doc in document.resources if doc.name in rows]
    waiting = [row for doc, row in pairs if not _provide(deployment, document, doc, row)]
    docs = [document.service(each.name) for each in deployment.services.all()]
    linked = {link.target for doc in docs if doc is not None for link in doc.links}
    return [row for row in waiting if not row.external or row.name in linked]


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
    deployment: Deployment, document: Document, doc: ResourceDoc, resource: Resource
) -> bool:
    environment = deployment.environment
    step = f"Provide {doc.name}"
    where = f"port {resource.port}" + (f" of {resource.host}" if resource.external else "")
    record.step(deployment, step, output=f"{doc.kind} at {where}")
    if not resource.external:
        _write_variable(environment, resource)
        _register(environment, resource, doc)
    if not passing(resource):
        return False
    if KINDS[doc.kind].databases and not resource.external:
        _bind(environment, resource, doc)
        provide_databases(resource, document, deployment)
    if resource.external:
        try_login(resource, deployment)
    record.step(deployment, step, state=State.DONE)
    return True


def _bind(environment: Environment, resource: Resource, doc: ResourceDoc) -> None:
    """Keep it on the node that has its data from now on, which changes its job in place."""
    if resource.data_node:
        return
    found = servers.nomad().job_allocations(environment.app.team.namespace, resource.slug)
    node = next((each.node for each in found if each.running), "")
    if node:
        resource.data_node = node
        resource.save(update_fields=["data_node"])
        _write_variable(environment, resource)
        _register(environment, resource, doc)


def _write_variable(environment: Environment, resource: Resource) -> None:
    namespace, path = environment.app.team.namespace, names.variable_path(resource.slug)
    kind = KINDS[resource.kind]
    items = {kind.password_key: password(resource.credentials.get(user=kind.user))}
    if kind.databases:
        items[DATA_KEY] = KEPT if resource.data_node else NEW
    present = servers.nomad().variable(namespace, path)
    if present is None or present.items != items:
        cas = present.modify_index if present else 0
        servers.nomad().put_variable(namespace, path, items, cas=cas)


def _register(environment: Environment, resource: Resource, doc: ResourceDoc) -> None:
    """Register the job where what stands in Nomad is not what the release says."""
    try:
        job = resource_job(environment, doc, resource)
    except ValueError as error:
        raise Refused(f"{doc.name}: {error}", server="nomad") from error
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
