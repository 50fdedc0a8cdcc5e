"""What runs now, from Nomad's allocations and Consul's checks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jobs.consul import Check
from jobs.nomad import Allocation

# A worker has no check: it is healthy when it has run this long without a restart.
STEADY = timedelta(seconds=10)


@dataclass(frozen=True)
class Known:
    """A job of ours: what it is of, and which release its new instances are."""

    environment: int
    service: int | None
    resource: int | None
    colour: str
    release: int | None
    has_port: bool


@dataclass(frozen=True)
class Seen:
    """One instance as it is now."""

    known: Known
    allocation: Allocation
    healthy: bool
    started_at: datetime | None
    port: int | None
    last_event: str


def seen(
    allocations: Iterable[Allocation],
    checks: Iterable[Check],
    known: Mapping[tuple[str, str], Known],
    now: datetime,
) -> list[Seen]:
    """Every instance of the jobs in `known` (by namespace and job id); others are not ours."""
    by_instance = _statuses(checks)
    return [
        _one(allocation, by_instance, known[allocation.namespace, allocation.job_id], now)
        for allocation in allocations
        if (allocation.namespace, allocation.job_id) in known
    ]


def _one(
    allocation: Allocation, statuses: Mapping[str, list[str]], known: Known, now: datetime
) -> Seen:
    started = _started(allocation)
    if known.has_port:
        mine = _mine(allocation, statuses)
        healthy = bool(mine) and all(status == "passing" for status in mine)
    else:
        healthy = started is not None and now - started >= STEADY
    events = allocation.task.events if allocation.task else ()
    return Seen(
        known=known,
        allocation=allocation,
        healthy=healthy and allocation.running,
        started_at=started,
        port=next(iter(allocation.ports.values()), None),
        last_event=events[-1].message if events else allocation.description,
    )


def _statuses(checks: Iterable[Check]) -> dict[str, list[str]]:
    """The statuses of each registration's checks, by its id."""
    found: dict[str, list[str]] = {}
    for check in checks:
        found.setdefault(check.service_id, []).append(check.status)
    return found


def _mine(allocation: Allocation, statuses: Mapping[str, list[str]]) -> list[str]:
    """The statuses of the entry that the edge uses: Nomad names it by allocation and service."""
    prefix = f"_nomad-task-{allocation.id}-main-{allocation.job_id}-"
    label = next(iter(allocation.ports), "")
    return statuses.get(f"{prefix}{label}", [])


def _started(allocation: Allocation) -> datetime | None:
    """When the process that runs now was started: StartedAt is that of the first one."""
    events = allocation.task.events if allocation.task else ()
    times = [event.time_ns for event in events if event.type == "Started"]
    return datetime.fromtimestamp(max(times) / 1e9, UTC) if times else None
