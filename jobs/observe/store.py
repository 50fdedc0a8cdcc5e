"""The table of what runs: written only where something changed, swept of what Nomad forgot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from jobs.observe.lives import draining_at, start_up, stop
from jobs.observe.seen import FIELDS, Seen
from jobs.observe.table import Stored, Table
from platform_admin.models import Cell, Instance
from platform_admin.verbs.limits import StartUp, Stop

WATCHED = timedelta(seconds=10)
"""From one observation to the next: what happened in a longer time, nobody saw when."""


def store(
    cell: Cell, found: Iterable[Seen], at: datetime, table: Table | None = None
) -> tuple[list[StartUp], list[Stop]]:
    """Bring the table to what was seen `at`; the start-ups and stops that were watched come back.

    An instance keeps the release it was first seen with. The cell's row is that of the
    observation before. `table`: what is kept of it between two.
    """
    present = (table or Table()).read(cell)
    last = cell.observed_at
    watched_since = last if last is not None and at - last <= WATCHED else None
    by_id = {seen.allocation.id: seen for seen in found}
    rows = [
        _row(cell, seen, at, present.get(key), watched=watched_since is not None)
        for key, seen in by_id.items()
        if key not in present or present[key].fields != seen.fields
    ]
    # One statement for those that came and those that changed; Django's bulk_update takes
    # 7 ms a row.
    Instance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["allocation"],
        update_fields=[*FIELDS, "ready_after_s", "draining_at", "seen_at"],
    )
    gone = [stored.pk for key, stored in present.items() if key not in by_id]
    Instance.objects.filter(pk__in=gone).delete()
    if watched_since is None:
        return [], []
    changed = [(present.get(row.allocation), by_id[row.allocation], row) for row in rows]
    start_ups = [start_up(before, after, at) for before, _, after in changed]
    stops = [stop(before, seen, watched_since, at) for before, seen, _ in changed]
    return [one for one in start_ups if one], [one for one in stops if one]


def _row(cell: Cell, seen: Seen, at: datetime, before: Stored | None, *, watched: bool) -> Instance:
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
        draining_at=draining_at(before, seen, at, watched=watched),
        seen_at=at,
        **dict(zip(FIELDS, seen.fields, strict=True)),
    )
