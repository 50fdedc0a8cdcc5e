"""Tick rows: written in bulk, read back as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import BinaryField, OuterRef, Subquery
from django.db.models.functions import Length, Substr
from numpy.typing import NDArray

from platform_admin.models import Shard, Tick
from scaler.rules.arrays import Floats, Ints
from scaler.samples.series import SERIES, Row, aligned, joined


@dataclass(frozen=True)
class Stored:
    """The row that holds a shard's part of a sample, and the services in it, ascending."""

    tick: int
    shard: int
    services: Ints


@dataclass(frozen=True)
class Sample:
    """What was measured at a moment: `table` (SERIES, n) of `services` (n,), ascending.

    `rows` hold it, one for each shard.
    """

    at: datetime
    services: Ints
    table: Row
    rows: tuple[Stored, ...]


def write(at: datetime, services: Ints, table: Row, shards: Mapping[int, Ints]) -> None:
    """Stores a row for each shard, of the places in `services` (ascending) that it has.

    Of two that measured at the same moment one is kept.
    """
    Tick.objects.bulk_create(
        (
            Tick(
                shard_id=shard,
                at=at,
                services=services[places].astype("<i8").tobytes(),
                samples=np.ascontiguousarray(table[:, places], dtype="<f4").tobytes(),
            )
            for shard, places in shards.items()
            if len(places)
        ),
        ignore_conflicts=True,
    )


def newest(shards: Iterable[Shard]) -> list[Sample]:
    """The shards' newest samples that nobody decided about, those of one moment as one.

    What is not later than what was decided about last is none.
    """
    after = {shard.pk: shard.ticked_at for shard in shards}
    rows = Tick.objects.filter(shard__in=list(after), decided_at__isnull=True)
    rows = rows.order_by("shard", "-at").distinct("shard")
    found: dict[datetime, list[Sample]] = {}
    for row in rows.only("at", "shard_id", "services", "samples"):
        ticked_at = after[row.shard_id]
        if ticked_at is None or row.at > ticked_at:
            found.setdefault(row.at, []).append(sample_of(row))
    return [_as_one(samples) for _, samples in sorted(found.items())]


def _as_one(samples: Sequence[Sample]) -> Sample:
    services, table = joined([(each.services, each.table) for each in samples])
    rows = tuple(row for each in samples for row in each.rows)
    return Sample(samples[0].at, services, table.astype(np.float32), rows)


def last(cell: int, name: str, services: Ints) -> Floats:
    """A series of the services (n,) as each shard's newest tick tells it, NaN for unknown.

    Of a stored row only that series is read.
    """
    newest = Tick.objects.filter(shard=OuterRef("pk")).order_by("-at").values("pk")[:1]
    of_shards = Shard.objects.filter(cell=cell).values(newest=Subquery(newest))
    series_bytes = Length("services") / 2  # a float32 beside an int64
    start = series_bytes * SERIES.index(name) + 1
    series = Substr("samples", start, series_bytes, output_field=BinaryField())
    found = np.full(len(services), np.nan)
    for ids, values in Tick.objects.filter(pk__in=of_shards).values_list("services", series):
        known = ids_of(ids)
        table = numbers(values, len(known), "<f4")
        [told] = aligned(table, known, services, np.nan) if len(table) else [found]
        found = np.where(np.isnan(found), told, found)
    return found


def sample_of(row: Tick) -> Sample:
    """The row's sample."""
    services = ids_of(row.services)
    stored = Stored(row.pk, row.shard_id, services)
    return Sample(row.at, services, table_of(row.samples, len(services)), (stored,))


def ids_of(services: bytes | memoryview) -> Ints:
    """The services of a row, ascending."""
    return np.frombuffer(services, dtype="<i8").astype(np.int64)


def table_of(samples: bytes | memoryview, columns: int) -> Row:
    """The table of series by `columns`; an older row may have fewer series."""
    table = np.frombuffer(samples, dtype="<f4")
    return table.reshape(len(table) // max(columns, 1) or len(SERIES), columns)


def numbers(stored: bytes | memoryview, columns: int, dtype: str) -> NDArray[np.generic]:
    """Stored bytes as a table with so many columns."""
    table = np.frombuffer(stored, dtype=dtype)
    return table.reshape(-1, columns) if columns else table.reshape(0, 0)
