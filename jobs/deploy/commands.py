"""Release commands: a Nomad batch job each, before anything of the new release starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jobs import servers
from jobs.deploy import record
from jobs.deploy.place import place
from jobs.deploy.values import values
from jobs.document import Document, ServiceDoc
from jobs.errors import ClusterError, Conflict
from jobs.logs.text import without_codes
from jobs.nomad import Allocation, TaskEvent
from jobs.specs import command_job_id, names, release_command_job
from platform_admin.models import Deployment, DeploymentStep, Service

NAME = "Release command"
LIMIT = timedelta(minutes=30)
State = DeploymentStep.State


@dataclass(frozen=True)
class Failure:
    """Why a release command stops the deployment, and the log that proves it."""

    reason: str
    proof: str


def run(deployment: Deployment, document: Document, service: Service) -> Failure | bool:
    """Whether the service's command has succeeded; False while it runs, a Failure at its end."""
    doc = document.service(service.name)
    if doc is None or not doc.release_command:
        return True
    step = deployment.steps.filter(service=service, name=NAME).first()
    if step and step.state == State.DONE:
        return True
    if step and step.state == State.FAILED:
        return Failure(f"The release command of {service.name} failed.", step.output)
    record.step(deployment, NAME, service=service)
    _start(deployment, document, doc, service)
    return _outcome(deployment, service)


def _start(deployment: Deployment, document: Document, doc: ServiceDoc, service: Service) -> None:
    """Register the job once: with an index of 0, a second time is a conflict."""
    environment = deployment.environment
    namespace = environment.app.team.namespace
    job = release_command_job(
        doc,
        app=environment.app.slug,
        environment=environment.slug,
        deployment=deployment.pk,
        place=place(environment, image=doc.image),
    )
    if servers.nomad().job(namespace, job["ID"]) is not None:
        return
    path = names.variable_path(job["ID"])
    items = values(environment, document, doc)
    present = servers.nomad().variable(namespace, path)
    if items and (present is None or present.items != items):
        cas = present.modify_index if present else 0
        servers.nomad().put_variable(namespace, path, items, cas=cas)
    try:
        servers.nomad().register(job, enforce_index=0)
    except Conflict:
        return


def _outcome(deployment: Deployment, service: Service) -> Failure | bool:
    namespace = deployment.environment.app.team.namespace
    job_id = command_job_id(service.slug, deployment.pk)
    allocations = servers.nomad().job_allocations(namespace, job_id)
    newest = max(allocations, key=lambda a: a.create_time_ns, default=None)
    output = log(newest) if newest else ""
    record.step(deployment, NAME, service=service, output=output)
    if newest is None or not newest.terminal:
        return _overdue(deployment, service, output)
    return _ended(deployment, service, newest, output)


def _ended(
    deployment: Deployment, service: Service, allocation: Allocation, output: str
) -> Failure | bool:
    # The job stays registered until the deployment ends, so that nobody runs it a second time.
    ended = [event.exit_code for event in _events(allocation) if event.exit_code is not None]
    if allocation.client_status == "complete" and ended and ended[-1] == 0:
        record.step(deployment, NAME, service=service, state=State.DONE)
        return True
    record.step(deployment, NAME, service=service, state=State.FAILED)
    how = f"ended with exit code {ended[-1]}" if ended else f"did not run: {_why(allocation)}"
    return Failure(f"The release command of {service.name} {how}.", output)


def _overdue(deployment: Deployment, service: Service, output: str) -> Failure | bool:
    step = deployment.steps.get(service=service, name=NAME)
    if datetime.now(UTC) < step.started_at + LIMIT:
        return False
    record.step(deployment, NAME, service=service, state=State.FAILED)
    minutes = LIMIT.seconds // 60
    return Failure(f"The release command of {service.name} ran for {minutes} minutes.", output)


def clear(deployment: Deployment, service: Service) -> None:
    """Stop the command's job and take its Variable away; harmless when there is none."""
    namespace = deployment.environment.app.team.namespace
    job_id = command_job_id(service.slug, deployment.pk)
    servers.nomad().stop(namespace, job_id, purge=True)
    servers.nomad().delete_variable(namespace, names.variable_path(job_id))


def log(allocation: Allocation, last_bytes: int = 8192) -> str:
    """The end of an instance's output, its errors last; "" where it can not be had."""
    try:
        parts = [
            without_codes(servers.nomad().logs(allocation.id, stream=stream, last_bytes=last_bytes))
            for stream in ("stdout", "stderr")
        ]
    except ClusterError as error:
        return f"(no log: {error.message})"
    return "".join(part if part.endswith("\n") or not part else f"{part}\n" for part in parts)


def _events(allocation: Allocation) -> tuple[TaskEvent, ...]:
    return allocation.task.events if allocation.task else ()


def _why(allocation: Allocation) -> str:
    """What kept the command from running: Nomad says that before it says what it does next."""
    events = _events(allocation)
    failed = [event for event in events if "fail" in event.type.lower()]
    said = [event.message for event in (*events[-1:], *failed)]
    return said[-1] if said else allocation.description
