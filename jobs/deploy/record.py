"""The steps of a deployment as people see them: a row each, with time and output."""

from __future__ import annotations

from datetime import UTC, datetime

from platform_admin.models import Deployment, DeploymentStep, Service

State = DeploymentStep.State


def step(
    deployment: Deployment,
    name: str,
    *,
    service: Service | None = None,
    output: str | None = None,
    state: str = State.RUNNING,
) -> None:
    """Write where a step stands; its row is made when it is first mentioned.

    A step that has ended keeps its first end: a step that is run twice says nothing new.
    """
    now = datetime.now(UTC)
    row, _ = DeploymentStep.objects.get_or_create(
        deployment=deployment, service=service, name=name, defaults={"started_at": now}
    )
    changes: dict[str, object] = {} if output is None else {"output": output}
    if state != row.state:
        changes |= {"state": state, "finished_at": None if state == State.RUNNING else now}
    changed = {field: value for field, value in changes.items() if getattr(row, field) != value}
    if changed and row.state == State.RUNNING:
        DeploymentStep.objects.filter(pk=row.pk).update(**changed)


def end_running(deployment: Deployment, state: str, service: Service | None = None) -> None:
    """End every step that still runs, of one service or of all."""
    running = deployment.steps.filter(state=State.RUNNING)
    if service is not None:
        running = running.filter(service=service)
    running.update(state=state, finished_at=datetime.now(UTC))


def waits(deployment: Deployment, text: str) -> None:
    """Say what the deployment waits for now."""
    if deployment.waits_for != text:
        deployment.waits_for = text
        deployment.save(update_fields=["waits_for"])
