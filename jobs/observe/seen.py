"""What runs now, from Nomad's allocations and Consul's checks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from jobs.consul import Check
from jobs.nomad import Allocation
from jobs.specs.driver import PORT_LABEL

LONGEST_OUTPUT = 500
# A worker has no check: it is healthy when it has run this long without a restart.
STEADY = timedelta(seconds=10)
FIELDS = (
    "node",
    "address",
    "port",
    "desired_status",
    "client_status",
    "healthy",
    "draining",
    "ended",
    "restarts",
    "started_at",
    "ended_at",
    "last_event",
)
"""The columns of the table that may change."""


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
    entry: str = ""
    statuses: tuple[str, ...] = ()
    output: str = ""
    """Where its checks are in Consul, what they say, and why; nothing without a port."""

    @cached_property
    def waits(self) -> bool:
        """Whether time alone may change it: a worker that runs and is not steady yet."""
        return not self.known.has_port and self.allocation.running and not self.healthy

    @cached_property
    def fails(self) -> bool:
        """Whether it runs, and its checks do not pass."""
        return bool(self.entry) and self.allocation.running and not self.healthy

    @cached_property
    def fields(self) -> tuple[object, ...]:
        """What may change of an instance, in the order of FIELDS."""
        allocation = self.allocation
        return (
            allocation.node,
            allocation.address,
            self.port,
            allocation.desired_status,
            allocation.client_status,
            self.healthy,
            allocation.draining,
            allocation.terminal,
            allocation.task.restarts if allocation.task else 0,
            self.started_at,
            _ended(allocation),
            self.last_event,
        )


NOTHING: Mapping[str, Seen] = {}
NO_OUTPUT: Mapping[str, str] = {}


def seen(
    allocations: Iterable[Allocation],
    checks: Iterable[Check],
    known: Mapping[tuple[str, str], Known],
    now: datetime,
    before: Mapping[str, Seen] = NOTHING,
    outputs: Mapping[str, str] = NO_OUTPUT,
) -> list[Seen]:
    """Every instance of the jobs in `known` (by namespace and job id); others are not ours.

    `before`: what was seen the last time, by allocation. What did not change is the same object.
    `outputs`: why the checks of a registration do not pass, as far as Consul says.
    """
    statuses, found = _statuses(checks), []
    for allocation in allocations:
        job = known.get((allocation.namespace, allocation.job_id))
        if job is None:
            continue
        last = before.get(allocation.id)
        if last is None or not _same(last, allocation, job, statuses, outputs):
            last = _one(allocation, statuses, outputs, job, now)
        found.append(last)
    return found


def _same(
    last: Seen,
    allocation: Allocation,
    known: Known,
    statuses: Mapping[str, tuple[str, ...]],
    outputs: Mapping[str, str],
) -> bool:
    """Whether it would be seen as it was; what is the same object is not compared."""
    return (
        not last.waits
        and (last.allocation is allocation or last.allocation == allocation)
        and (last.known is known or last.known == known)
        and last.statuses == statuses.get(last.entry, ())
        and last.output == outputs.get(last.entry, "")
    )


def _one(
    allocation: Allocation,
    statuses: Mapping[str, tuple[str, ...]],
    outputs: Mapping[str, str],
    known: Known,
    now: datetime,
) -> Seen:
    started = _started(allocation)
    entry = _entry(allocation) if known.has_port else ""
    mine = statuses.get(entry, ())
    if known.has_port:
        healthy = bool(mine) and all(status == "passing" for status in mine)
    else:
        healthy = started is not None and now - started >= STEADY
    healthy, output = healthy and allocation.running, outputs.get(entry, "")
    return Seen(
        known=known,
        allocation=allocation,
        healthy=healthy,
        started_at=started,
        port=allocation.ports.get(_main_port(allocation)),
        last_event=_last_event(allocation, "" if healthy else output),
        entry=entry,
        statuses=mine,
        output=output,
    )


def _last_event(allocation: Allocation, output: str) -> str:
    """What was said of it last: by its check, where it runs and that fails, else by Nomad."""
    if output and allocation.running:
        return output[:LONGEST_OUTPUT]
    events = allocation.task.events if allocation.task else ()
    return events[-1].message if events else allocation.description


def _main_port(allocation: Allocation) -> str:
    """The name of the port that the edge uses: a service may have further ones."""
    first = next(iter(allocation.ports), "")
    return PORT_LABEL if PORT_LABEL in allocation.ports else first


def _statuses(checks: Iterable[Check]) -> dict[str, tuple[str, ...]]:
    """The statuses of each registration's checks, by its id."""
    found: dict[str, tuple[str, ...]] = {}
    for check in checks:
        found[check.service_id] = (*found.get(check.service_id, ()), check.status)
    return found


def _entry(allocation: Allocation) -> str:
    """The registration that the edge uses: Nomad names it by allocation and service."""
    label = _main_port(allocation)
    return f"_nomad-task-{allocation.id}-main-{allocation.job_id}-{label}"


def _ended(allocation: Allocation) -> datetime | None:
    """When its last process ended; when Nomad gave it up, where that did not end any."""
    if not allocation.terminal:
        return None
    finished = allocation.task.finished_at if allocation.task else None
    return finished or datetime.fromtimestamp(allocation.modify_time_ns / 1e9, UTC)


def _started(allocation: Allocation) -> datetime | None:
    """When the process that runs now was started: StartedAt is that of the first one."""
    events = allocation.task.events if allocation.task else ()
    times = [event.time_ns for event in events if event.type == "Started"]
    return datetime.fromtimestamp(max(times) / 1e9, UTC) if times else None
