"""Tick rows: written in bulk, read back as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import BinaryField, OuterRef, Subquery
from django.db.models.functions import Length, Substr
from numpy.typing import NDArray

from platform_admin.models import Shard, Tick
from scaler.rules.arrays import Floats, Ints
from scaler.samples.series import SERIES, Row, aligned


@dataclass(frozen=True)
class Sample:
    """What was measured of a shard: `table` (SERIES, n) of `services` (n,), ascending."""

    tick: int
    at: datetime
    services: Ints
    table: Row


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


def newest(shard: int, after: datetime | None) -> Sample | None:
    """The shard's newest sample that nobody decided about, if it is later than `after`."""
    rows = Tick.objects.filter(shard=shard, decided_at__isnull=True)
    if after is not None:
        rows = rows.filter(at__gt=after)
    row = rows.order_by("-at").only("at", "services", "samples").first()
    return None if row is None else sample_of(row)


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
    return Sample(row.pk, row.at, services, table_of(row.samples, len(services)))


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
