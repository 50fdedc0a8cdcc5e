"""The table of what runs: written only where something changed, swept of what Nomad forgot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from jobs.observe.seen import Known, Seen
from jobs.specs import names
from platform_admin.models import Cell, Colour, Environment, Instance, Resource
from platform_admin.rules.rollout import Colour as ColourName
from platform_admin.verbs.policies import StartUp

WATCHED = timedelta(seconds=10)
"""From one observation to the next: later than that nobody saw when an instance was ready."""
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
    "last_event",
)
_KNOWN = (
    "service__environment__app__team__namespace",
    "service__slug_row_id",
    "service__port",
    "colour",
    "service__environment_id",
    "service_id",
    "release__number",
)


def known_jobs(cell: Cell) -> dict[tuple[str, str], Known]:
    """The jobs of a cell's services and resources, by namespace and job id."""
    # Plain rows, here and in `store`: this runs every second, over all that there is.
    colours = Colour.objects.filter(service__environment__cell=cell).values_list(*_KNOWN)
    found = {}
    for namespace, slug, port, colour, *of in colours:
        environment, service, release = of
        job_id = names.job_id(slug, cast(ColourName, colour))
        found[namespace, job_id] = Known(
            environment, service, None, colour, release, has_port=port is not None
        )
    resources = Resource.objects.filter(cell=cell).select_related("environment__app__team")
    for resource in resources:
        found[_key(resource.environment, resource.slug)] = Known(
            resource.environment_id, None, resource.pk, "", None, has_port=True
        )
    return found


def _key(environment: Environment, job_id: str) -> tuple[str, str]:
    return environment.app.team.namespace, job_id


@dataclass(frozen=True)
class _Stored:
    """An instance as the table has it: its key, its start-up in seconds, and FIELDS."""

    pk: int
    ready_after_s: float | None
    fields: tuple[object, ...]

    @property
    def was_ready(self) -> bool:
        """Whether it was ever seen healthy; a row from before that was timed may say so late."""
        return self.ready_after_s is not None or bool(self.fields[FIELDS.index("healthy")])

    @property
    def started_at(self) -> datetime | None:
        return cast("datetime | None", self.fields[FIELDS.index("started_at")])


def store(cell: Cell, found: Iterable[Seen], at: datetime) -> list[StartUp]:
    """Bring the table to what was seen `at`; the start-ups whose end was seen come back.

    An instance keeps the release it was first seen with. The cell's row is that of the
    observation before.
    """
    listed = Instance.objects.filter(cell=cell).values_list(
        "allocation", "pk", "ready_after_s", *FIELDS
    )
    present = {key: _Stored(pk, ready, tuple(fields)) for key, pk, ready, *fields in listed}
    by_id = {seen.allocation.id: seen for seen in found}
    rows = [
        _row(cell, seen, at, present.get(key))
        for key, seen in by_id.items()
        if key not in present or present[key].fields != _fields(seen)
    ]
    # One statement for those that came and those that changed; Django's bulk_update takes
    # 7 ms a row.
    Instance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["allocation"],
        update_fields=[*FIELDS, "ready_after_s", "seen_at"],
    )
    gone = [stored.pk for key, stored in present.items() if key not in by_id]
    Instance.objects.filter(pk__in=gone).delete()
    if cell.observed_at is None or at - cell.observed_at > WATCHED:
        return []
    return [each for row in rows for each in _start_up(present.get(row.allocation), row, at)]


def _fields(seen: Seen) -> tuple[object, ...]:
    """What may change of an instance, in the order of FIELDS."""
    allocation = seen.allocation
    return (
        allocation.node,
        allocation.address,
        seen.port,
        allocation.desired_status,
        allocation.client_status,
        seen.healthy,
        allocation.draining,
        allocation.terminal,
        allocation.task.restarts if allocation.task else 0,
        seen.started_at,
        seen.last_event,
    )


def _start_up(before: _Stored | None, after: Instance, at: datetime) -> Iterator[StartUp]:
    """The instance's start-up, if its first one ended between the two."""
    if before is None or before.was_ready or after.restarts:
        return
    if after.service_id is not None and after.ready_after_s is not None:
        ran_s = (at - before.started_at).total_seconds() if before.started_at else 0.0
        yield StartUp(after.service_id, after.ready_after_s, ran_s)


def _row(cell: Cell, seen: Seen, at: datetime, before: _Stored | None) -> Instance:
    known, allocation = seen.known, seen.allocation
    ready_after_s = before.ready_after_s if before else None
    if ready_after_s is None and seen.healthy:
        ready_after_s = max(at.timestamp() - allocation.create_time_ns / 1e9, 0.0)
    return Instance(
        allocation=allocation.id,
        cell=cell,
        environment_id=known.environment,
        service_id=known.service,
        resource_id=known.resource,
        job=allocation.job_id,
        colour=known.colour,
        number=allocation.alloc_index,
        release=known.release,
        ready_after_s=ready_after_s,
        seen_at=at,
        **dict(zip(FIELDS, _fields(seen), strict=True)),
    )
