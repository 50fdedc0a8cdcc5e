"""The table of what runs: written only where something changed, swept of what Nomad forgot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from jobs.observe.seen import FIELDS, Seen
from jobs.observe.table import Stored, Table
from platform_admin.models import Cell, Instance
from platform_admin.verbs.policies import StartUp

WATCHED = timedelta(seconds=10)
"""From one observation to the next: later than that nobody saw when an instance was ready."""


def store(
    cell: Cell, found: Iterable[Seen], at: datetime, table: Table | None = None
) -> list[StartUp]:
    """Bring the table to what was seen `at`; the start-ups whose end was seen come back.

    An instance keeps the release it was first seen with. The cell's row is that of the
    observation before. `table`: what is kept of it between two.
    """
    present = (table or Table()).read(cell)
    by_id = {seen.allocation.id: seen for seen in found}
    rows = [
        _row(cell, seen, at, present.get(key))
        for key, seen in by_id.items()
        if key not in present or present[key].fields != seen.fields
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


def _start_up(before: Stored | None, after: Instance, at: datetime) -> Iterator[StartUp]:
    """The instance's start-up, if its first one ended between the two."""
    if before is None or before.was_ready or after.restarts:
        return
    if after.service_id is not None and after.ready_after_s is not None:
        ran_s = (at - before.started_at).total_seconds() if before.started_at else 0.0
        yield StartUp(after.service_id, after.ready_after_s, ran_s)


def _row(cell: Cell, seen: Seen, at: datetime, before: Stored | None) -> Instance:
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
        **dict(zip(FIELDS, seen.fields, strict=True)),
    )
