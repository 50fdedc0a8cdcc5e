"""What was measured of services, as pages show it; the same for one viewer and for a hundred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np

from platform_admin.models import Service
from platform_admin.pages.buckets import bucketed
from platform_admin.pages.derived import SHOWN, derived, latest
from platform_admin.pages.spans import BUCKETS, HOUR, Span
from scaler.rules.arrays import Floats
from scaler.samples import window
from scaler.samples.hours import measured
from scaler.samples.window import Newest

KEPT = 256
LONG_STEP_S = 60


@dataclass(frozen=True)
class Measured:
    """One service in a span that ends at `until` (seconds): a bucketed series by name.

    `values` are the newest readings, `moments` the times that they are of, NaN where there is
    none.
    """

    span: Span
    until: float
    series: Mapping[str, Floats]
    values: Mapping[str, float]
    moments: Mapping[str, float]

    @property
    def since(self) -> float:
        return self.until - self.span.seconds


def newest_of(services: Sequence[Service]) -> Newest:
    """The newest ticks of the services, which are of one environment."""
    if not services:
        return Newest(None, None, np.empty((0, 0)))
    environment = services[0].environment
    return window.newest(environment.cell_id, environment.app.team_id, _keys(services))


def last_hour(services: Sequence[Service], newest: Newest, now: datetime) -> dict[int, Measured]:
    """The last hour of services of one environment, by their keys."""
    if not services:
        return {}
    environment = services[0].environment
    until = HOUR.until(now.timestamp())
    found = _hour(environment.cell_id, environment.app.team_id, _keys(services), until, newest.at)
    return dict(zip(_keys(services), found, strict=True))


def of_span(service: Service, span: Span, newest: Newest, now: datetime) -> Measured:
    """A service in a span; the longer ones are read anew once a minute at most."""
    if span is HOUR:
        return last_hour([service], newest, now)[service.pk]
    minute = now.timestamp() // LONG_STEP_S * LONG_STEP_S
    return _long(service.pk, span, span.until(minute), minute)


def forget() -> None:
    """Nothing; what was read is read again."""
    _hour.cache_clear()
    _long.cache_clear()


def _keys(services: Sequence[Service]) -> tuple[int, ...]:
    return tuple(service.pk for service in services)


@lru_cache(maxsize=KEPT)
def _hour(
    cell: int, team: int, services: tuple[int, ...], until: float, newest: datetime | None
) -> tuple[Measured, ...]:
    """Ticks do not change once they are there: the newest one's time says which are."""
    end = newest or moment(until)
    at, table = window.measured_of(cell, team, services, moment(until - HOUR.seconds), end)
    return tuple(_measured(HOUR, until, at, table[:, place]) for place in range(len(services)))


@lru_cache(maxsize=KEPT)
def _long(service: int, span: Span, until: float, minute: float) -> Measured:
    at, table = measured(service, moment(until - span.seconds), moment(minute))
    return _measured(span, until, at, table)


def _measured(span: Span, until: float, at: Floats, table: Floats) -> Measured:
    values, moments = latest(at, table)
    made = derived(table)
    since = until - span.seconds
    series = {
        name: bucketed(at, made[name], since, span.step_s, BUCKETS, shown.how)
        for name, shown in SHOWN.items()
    }
    return Measured(span, until, series, values, moments)


def moment(seconds: float) -> datetime:
    """The time that is so many seconds after 1970 began."""
    return datetime.fromtimestamp(seconds, UTC)
