"""What ticks say of some services of one team: of the last ones, and of a stretch of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import OuterRef, QuerySet, Subquery

from platform_admin.models import SHARDS, Shard, Tick
from scaler.rules.arrays import Floats, Ints
from scaler.rules.stored import as_now
from scaler.samples.columns import columns
from scaler.samples.series import SERIES, aligned
from scaler.samples.ticks import ids_of, numbers

Bytes = bytes | memoryview


@dataclass(frozen=True)
class Newest:
    """A shard's newest sample, and the newest that was decided about; None where there is none.

    `counts` (n, STEPS): the count after every step for each service that was asked for, NaN for
    one that it does not know.
    """

    at: datetime | None
    decided_at: datetime | None
    counts: Floats


@dataclass(frozen=True)
class Decided:
    """What a shard decided at a sample: `counts` (STEPS, n) after every step of `services` (n,)."""

    at: datetime
    services: Ints
    counts: Ints


def newest(cell: int, team: int, services: Sequence[int]) -> Newest:
    """The newest ticks of the team's shard, in two queries."""
    at = newest_at(cell, team)
    decided = _of_team(cell, team).filter(decided_at__isnull=False).order_by("-at")
    row = decided.values_list("at", "services", "counts").first()
    if row is None or row[2] is None:
        return Newest(at, None, np.full((len(services), 0), np.nan))
    known = ids_of(row[1])
    table = _counts(row[2], len(known))
    return Newest(at, row[0], aligned(table, known, np.array(services, np.int64), np.nan).T)


def newest_at(cell: int, team: int) -> datetime | None:
    """When the team's shard was sampled last, None where it never was; in one query."""
    rows = _of_team(cell, team).order_by("-at")
    return rows.values_list("at", flat=True).first()


def decided_last() -> list[Decided]:
    """What was decided last of every shard that has decided, in one query."""
    ticks = Tick.objects.filter(shard=OuterRef("pk"), counts__isnull=False)
    of_shards = Shard.objects.values(newest=Subquery(ticks.order_by("-at").values("pk")[:1]))
    rows = Tick.objects.filter(pk__in=of_shards).values_list("at", "services", "counts")
    return [_decided(*row) for row in rows]


def measured_of(
    cell: int, team: int, services: Sequence[int], since: datetime, until: datetime
) -> tuple[Floats, Floats]:
    """Times (k,) in seconds since 1970, and the series of the services then, (SERIES, n, k).

    Only what ticks still hold: see `hours` for more.
    """
    found = list(columns(cell, team, services, since, until))
    table = np.full((len(SERIES), len(services), len(found)), np.nan)
    wanted = np.array(services, dtype=np.int64)
    for place, each in enumerate(found):
        of_tick = aligned(each.table, each.services, wanted, np.nan)
        table[: len(of_tick), :, place] = of_tick
    return np.array([each.at.timestamp() for each in found]), table


def _decided(at: datetime, services: Bytes, counts: Bytes | None) -> Decided:
    known = ids_of(services)
    return Decided(at, known, _counts(counts or b"", len(known)))


def _counts(stored: Bytes, services: int) -> Ints:
    table = numbers(stored, services, "<i2").astype(np.int64)
    # The loop stores -1 where nothing was proposed: then the count was left as it was before.
    told = np.where(table < 0, table[:1], table)
    return as_now(told) if services else told


def _of_team(cell: int, team: int) -> QuerySet[Tick]:
    return Tick.objects.filter(shard__cell=cell, shard__number=team % SHARDS)
