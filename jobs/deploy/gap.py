"""For how long a deployment left a service of which never two run without an instance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from jobs import servers
from jobs.deploy.rows import ServiceRows
from jobs.nomad.task import TaskState
from jobs.specs import names
from platform_admin.models import Deployment, DeploymentStep
from scaler.rules.figures import seconds

STEP = "Gap between the releases"
OVER = frozenset({"slug_off", "stand_by", "steady", "clean", "undone"})
"""The states in which the instance that follows has been asked for."""

Run = tuple[datetime, datetime | None]


def measure(deployment: Deployment, loaded: ServiceRows) -> None:
    """Write the gap as a step of the deployment, as Nomad's clients timed it."""
    if loaded.rollout.state not in OVER or deployment.started_at is None:
        return
    found = gap(_runs(loaded), deployment.started_at)
    if found is None:
        return
    began, length = found
    DeploymentStep.objects.update_or_create(
        deployment=deployment,
        service=loaded.service,
        name=STEP,
        defaults={
            "state": DeploymentStep.State.DONE,
            "started_at": began,
            "finished_at": began + length,
            "output": f"{seconds(length.total_seconds())} without an instance",
        },
    )


def gap(runs: Iterable[Run], since: datetime) -> tuple[datetime, timedelta] | None:
    """When the first gap after `since` began, and how long all of them were together.

    None where nothing ended since, or nothing began after that.
    """
    first: datetime | None = None
    length, before = timedelta(), None
    for started, ended in sorted(runs, key=lambda run: run[0]):
        if before is not None and before > since:
            first = first or before
            length += max(timedelta(), started - before)
        before = ended
    return None if first is None else (first, length)


def _runs(loaded: ServiceRows) -> list[Run]:
    namespace = loaded.service.environment.app.team.namespace
    allocations = [
        each
        for row in (loaded.blue, loaded.green)
        for each in servers.nomad().job_allocations(
            namespace, names.job_id(loaded.service.slug, row.colour)
        )
    ]
    runs = [_run(each.task) for each in allocations if each.task is not None]
    return [run for run in runs if run is not None]


def _run(task: TaskState) -> Run | None:
    """From when to when a task ran; the events stand for a time that its client left out."""
    times = [datetime.fromtimestamp(event.time_ns / 1e9, UTC) for event in task.events]
    if not times or not any(event.type == "Started" for event in task.events):
        return None if task.started_at is None else (task.started_at, task.finished_at)
    ended = (task.finished_at or times[-1]) if task.state == "dead" else None
    return task.started_at or times[0], ended
