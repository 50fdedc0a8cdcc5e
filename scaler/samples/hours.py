"""Ticks of whole hours, turned into a row a service and hour; old rows go."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
from django.db import transaction
from django.db.models import OuterRef, Subquery
from numpy.typing import NDArray

from platform_admin.models import SampleHour, Service, Shard, Tick
from platform_admin.verbs.limits import forget_limits
from platform_admin.verbs.scaling import forget
from scaler.rules.arrays import Floats, Ints
from scaler.samples.columns import columns
from scaler.samples.series import SERIES, Row, aligned
from scaler.samples.ticks import sample_of, table_of

HOUR = timedelta(hours=1)
NEEDED = timedelta(hours=1)
"""What a decision may still look back on: the longest window, period and cooldown of a policy."""
KEPT = timedelta(days=8)
EVENTS_KEPT = timedelta(days=90)
LEVEL = 1
AT_ONCE = 500
Part = tuple[Floats, Floats]


def fold(now: datetime | None = None) -> int:
    """How many rows were made of the hours that no decision needs any more; older ones go.

    At ten seconds about 11 KB a busy service and hour and 2 KB an idle one, 260 and 50 KB a day; of
    40 KB without zlib. Ticks are 240 bytes a service, for two hours at most.
    """
    at = now or datetime.now(UTC)
    made = sum(_fold(shard, at - NEEDED) for shard in Shard.objects.values_list("pk", flat=True))
    SampleHour.objects.filter(hour__lt=at - KEPT).delete()
    forget(at - EVENTS_KEPT)
    forget_limits()
    return made


def _fold(shard: int, until: datetime) -> int:
    """A shard's whole hours that ended before `until`, the newest tick spared: it is the memory."""
    end = _hour(until)
    newest = Tick.objects.filter(shard=OuterRef("shard"), decided_at__isnull=False)
    latest = Subquery(newest.order_by("-at").values("pk")[:1])
    old = Tick.objects.filter(shard=shard, at__lt=end)
    first = old.order_by("at").values_list("at", flat=True).first()
    made = 0
    while first is not None and first < end:
        start = _hour(first)
        with transaction.atomic():
            rows = old.filter(at__gte=start, at__lt=start + HOUR)
            made += _store(start, rows.order_by("at").only("at", "services", "samples"))
            rows.exclude(pk=latest).delete()
        later = old.filter(at__gte=start + HOUR)
        first = later.order_by("at").values_list("at", flat=True).first()
    return made


def _store(hour: datetime, rows: Iterable[Tick]) -> int:
    """The number of services that the hour's ticks are of; those that are gone are left out."""
    samples = [sample_of(row) for row in rows]
    services = np.unique(np.concatenate([each.services for each in samples]))
    present = Service.objects.filter(pk__in=services.tolist()).values_list("pk", flat=True)
    services = np.array(sorted(present), dtype=np.int64)
    offsets = np.array([(each.at - hour).total_seconds() for each in samples])
    for some in _parts(services):
        cube = np.stack([_all_series(each.table, each.services, some) for each in samples])
        SampleHour.objects.bulk_create(
            (
                SampleHour(
                    service_id=service,
                    hour=hour,
                    offsets=offsets.astype("<i2").tobytes(),
                    samples=_bytes(cube[:, :, place].T),
                )
                for place, service in enumerate(some.tolist())
            ),
            ignore_conflicts=True,
        )
    return len(services)


def _all_series(table: Row, known: Ints, wanted: Ints) -> Floats:
    found = np.full((len(SERIES), len(wanted)), np.nan)
    found[: len(table)] = aligned(table, known, wanted, np.nan)
    return found


def _parts(services: Ints) -> Iterator[Ints]:
    for start in range(0, len(services), AT_ONCE):
        yield services[start : start + AT_ONCE]


def _bytes(table: Floats) -> bytes:
    return zlib.compress(np.ascontiguousarray(table, dtype="<f4").tobytes(), LEVEL)


def measured(service: int, since: datetime, until: datetime) -> tuple[Floats, Floats]:
    """Times (k,) in seconds since 1970, and the series of a service then, (SERIES, k)."""
    hours = dict(_of_hours(service, since, until))
    parts = [*hours.values()]
    parts += [part for hour, part in _of_ticks(service, since, until) if hour not in hours]
    if not parts:
        return np.empty(0), np.empty((len(SERIES), 0))
    at = np.concatenate([part[0] for part in parts])
    table = np.concatenate([part[1] for part in parts], axis=1)
    inside = (at >= since.timestamp()) & (at < until.timestamp())
    order = np.argsort(at[inside], kind="stable")
    return at[inside][order], table[:, inside][:, order]


def _of_hours(service: int, since: datetime, until: datetime) -> Iterator[tuple[datetime, Part]]:
    rows = SampleHour.objects.filter(service=service, hour__gt=since - HOUR, hour__lt=until)
    for hour, offsets, samples in rows.values_list("hour", "offsets", "samples"):
        at = hour.timestamp() + np.frombuffer(offsets, dtype="<i2").astype(np.float64)
        yield hour, (at, _padded(table_of(zlib.decompress(samples), len(at))))


def _of_ticks(service: int, since: datetime, until: datetime) -> Iterator[tuple[datetime, Part]]:
    of = Service.objects.select_related("environment__app").get(pk=service)
    cell, team = of.environment.cell_id, of.environment.app.team_id
    for each in columns(cell, team, [service], since, until):
        if len(each.services):
            yield _hour(each.at), (np.array([each.at.timestamp()]), _padded(each.table))


def _padded(table: NDArray[np.generic]) -> Floats:
    found = np.full((len(SERIES), table.shape[1]), np.nan)
    found[: len(table)] = table
    return found


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
