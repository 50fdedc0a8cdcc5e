"""Release commands: a Nomad batch job each, before anything of the new release starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jobs.deploy import record
from jobs.deploy.place import place
from jobs.deploy.values import values
from jobs.document import Document, ServiceDoc
from jobs.runs import start
from jobs.runs.follow import follow
from jobs.specs import command_job_id, release_command_job
from platform_admin.models import Deployment, DeploymentStep, Run, Service
from platform_admin.rules.runs import on_one_line

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
    row = _row(deployment, doc, service)
    _start(deployment, document, doc)
    if row.state == Run.State.ASKED:
        Run.objects.filter(pk=row.pk).update(state=Run.State.WAITING)
        row.refresh_from_db(fields=["state"])
    return _outcome(deployment, service, follow(row) if row.open else row)


def _row(deployment: Deployment, doc: ServiceDoc, service: Service) -> Run:
    """The command's run, as the service's history shows it."""
    row, _ = Run.objects.select_related("service__environment__app__team").get_or_create(
        service=service,
        deployment=deployment,
        kind=Run.Kind.RELEASE,
        defaults={
            "command": on_one_line(doc.release_command),
            "release": deployment.release,
            "actor": deployment.actor,
            "job": command_job_id(service.slug, deployment.pk),
            "limit_s": LIMIT.seconds,
            "launch_at": datetime.now(UTC),
        },
    )
    return row


def _start(deployment: Deployment, document: Document, doc: ServiceDoc) -> None:
    """Register the job once: a second time it is there."""
    environment = deployment.environment
    job = release_command_job(
        doc,
        app=environment.app.slug,
        environment=environment.slug,
        deployment=deployment.pk,
        place=place(environment, image=doc.image),
    )
    start.start(job, lambda: values(environment, document, doc, deployment))


def _outcome(deployment: Deployment, service: Service, row: Run) -> Failure | bool:
    # The job stays registered until the deployment ends, so that nobody runs it a second time.
    output = row.log if row.open else row.log or row.reason
    record.step(deployment, NAME, service=service, output=output)
    if row.open:
        return _overdue(deployment, service, row)
    if row.state == Run.State.SUCCEEDED:
        record.step(deployment, NAME, service=service, state=State.DONE)
        return True
    record.step(deployment, NAME, service=service, state=State.FAILED)
    how = row.reason.removeprefix("It ").rstrip(".") or "failed"
    return Failure(f"The release command of {service.name} {how}.", row.log)


def _overdue(deployment: Deployment, service: Service, row: Run) -> Failure | bool:
    step = deployment.steps.get(service=service, name=NAME)
    if datetime.now(UTC) < step.started_at + LIMIT:
        return False
    record.step(deployment, NAME, service=service, state=State.FAILED)
    minutes = LIMIT.seconds // 60
    return Failure(f"The release command of {service.name} ran for {minutes} minutes.", row.log)


def clear(deployment: Deployment, service: Service) -> None:
    """Stop the command's job and take its Variable away; harmless when there is none."""
    namespace = deployment.environment.app.team.namespace
    start.clear(namespace, command_job_id(service.slug, deployment.pk))
    mine = Run.objects.filter(deployment=deployment, service=service, kind=Run.Kind.RELEASE)
    now, said = datetime.now(UTC), "Its deployment ended before it did."
    mine.filter(state__in=Run.OPEN).update(state=Run.State.CANCELLED, reason=said, ended_at=now)
    mine.filter(tidied_at__isnull=True).update(tidied_at=now)
