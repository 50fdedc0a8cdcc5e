"""The next seven days of a schedule, drawn: what holds at each hour, and by which windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby, pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from platform_admin.pages import shape
from platform_admin.pages.chart import Label
from scaler.rules.instants import Stretch, local, midnight, shifts, stretches
from scaler.rules.windows import Held, Limit, Window

DAYS = 7
TOP, HEIGHT = 28, 96
"""Where the counts begin, and how high they are, in pixels; a lane for each window follows."""
LANE = 30
FOOT = 52
_HOUR_S = 3600
Value = TypeVar("Value")


@dataclass(frozen=True)
class Day:
    """A day as a column: from `left`, `width` wide, both in percent; `hours` where not 24."""

    left: float
    width: float
    name: str
    number: str
    hours: str

    @property
    def middle(self) -> float:
        return round(self.left + self.width / 2, 2)


@dataclass(frozen=True)
class Bar:
    """A stretch of a floor, a ceiling or a window: percent from the left, pixels from the top."""

    left: float
    width: float
    top: float
    height: float
    words: str


@dataclass(frozen=True)
class Lane:
    """When a window is in force; `top` is where its name stands."""

    name: str
    dated: bool
    top: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Row:
    """A stretch in words, and the instant at which it ends as ISO 8601."""

    since: str
    until: str
    end: str
    least: str
    most: str
    by: str


@dataclass(frozen=True)
class Week:
    """All that a template needs; `shifts` are the changes of clocks, in percent and in words."""

    zone: str
    days: tuple[Day, ...]
    axis: tuple[Label, ...]
    bounds: tuple[Label, ...]
    floors: tuple[Bar, ...]
    ceilings: tuple[Bar, ...]
    lanes: tuple[Lane, ...]
    shifts: tuple[Label, ...]
    now: float
    rows: tuple[Row, ...]
    top: int = TOP
    bottom: int = TOP + HEIGHT

    @property
    def end(self) -> int:
        """Where the lanes end, in pixels."""
        return self.bottom + LANE * len(self.lanes) + 8

    @property
    def height(self) -> int:
        return self.end + FOOT


@dataclass(frozen=True)
class _Scale:
    """From instants to percent, and from counts to pixels."""

    since: float
    until: float
    most: float

    def x(self, at: float) -> float:
        return round(100 * (at - self.since) / (self.until - self.since), 2)

    def y(self, count: float) -> float:
        return round(TOP + HEIGHT * (1 - min(count / self.most, 1.0)), 1)

    def bar(self, since: float, until: float, low: float, high: float, words: str) -> Bar:
        """A stretch as a bar between two heights, in pixels."""
        left = self.x(since)
        return Bar(left, round(self.x(until) - left, 2), low, round(high - low, 1), words)


def week(windows: Sequence[Window], zone: ZoneInfo, minimum: int, maximum: int, now: float) -> Week:
    """Today and the six days after it in the zone, under the service's bounds."""
    today = local(zone, now).date()
    edges = [midnight(zone, today + timedelta(days=each)) for each in range(DAYS + 1)]
    since, until = edges[0], edges[-1]
    found = list(stretches(windows, zone, since, until))
    axis = shape.ticks(1.1 * _highest(found, maximum), 3, whole=True)
    scale = _Scale(since, until, axis[-1])
    return Week(
        zone=zone.key,
        days=tuple(_days(zone, edges, scale)),
        axis=tuple(Label(scale.y(tick), f"{tick:.0f}") for tick in axis),
        bounds=tuple(Label(scale.y(count), str(count)) for count in (minimum, maximum)),
        floors=tuple(_floors(found, zone, scale)),
        ceilings=tuple(_ceilings(found, zone, scale)),
        lanes=tuple(_lanes(windows, found, zone, scale)),
        shifts=tuple(Label(scale.x(at), _shift(zone, at)) for at in shifts(zone, since, until)),
        now=scale.x(now),
        rows=tuple(_row(each, zone) for each in found if each.held.by and each.until > now),
    )


def _highest(found: Sequence[Stretch], maximum: int) -> int:
    limits = [limit for each in found for limit in (each.held.least, each.held.most)]
    return max((maximum, 1, *(limit.count for limit in limits if limit is not None)))


def _days(zone: ZoneInfo, edges: Sequence[float], scale: _Scale) -> Iterator[Day]:
    for since, until in pairwise(edges):
        hours, left = (until - since) / _HOUR_S, scale.x(since)
        day = local(zone, since)
        yield Day(
            left=left,
            width=round(scale.x(until) - left, 2),
            name=f"{day:%a}",
            number=str(day.day),
            hours="" if hours == 24 else f"{hours:g} h",
        )


def _floors(found: Sequence[Stretch], zone: ZoneInfo, scale: _Scale) -> Iterator[Bar]:
    """What stands on the ground: from 0 up to the floor."""
    for since, until, least in _runs(found, lambda held: held.least):
        words = f"at least {least.count}, {_span(since, until, zone)}, by {least.by}"
        yield scale.bar(since, until, scale.y(least.count), scale.y(0), words)


def _ceilings(found: Sequence[Stretch], zone: ZoneInfo, scale: _Scale) -> Iterator[Bar]:
    """What hangs from the top: down to the ceiling."""
    for since, until, most in _runs(found, lambda held: held.most):
        words = f"at most {most.count}, {_span(since, until, zone)}, by {most.by}"
        yield scale.bar(since, until, TOP, scale.y(most.count), words)


def _lanes(
    windows: Sequence[Window], found: Sequence[Stretch], zone: ZoneInfo, scale: _Scale
) -> Iterator[Lane]:
    for place, window in enumerate(windows):
        top, name = TOP + HEIGHT + LANE * place + 26, window.name
        runs = _runs(found, partial(_is_by, name))
        bars = tuple(
            scale.bar(since, until, top + 4, top + 12, f"{name}, {_span(since, until, zone)}")
            for since, until, _ in runs
        )
        yield Lane(name, window.dated, top, bars)


def _is_by(name: str, held: Held) -> bool | None:
    return name in held.by or None


def _runs(
    found: Sequence[Stretch], of: Callable[[Held], Value | None]
) -> Iterator[tuple[float, float, Value]]:
    """Since when, until when and which, for each run of stretches in which it is the same."""
    for value, run in groupby(found, lambda each: of(each.held)):
        several = list(run)
        if value is not None:
            yield several[0].since, several[-1].until, value


def _row(found: Stretch, zone: ZoneInfo) -> Row:
    return Row(
        since=_moment(found.since, zone),
        until=_moment(found.until, zone),
        end=datetime.fromtimestamp(found.until, zone).isoformat(),
        least=_count(found.held.least),
        most=_count(found.held.most),
        by=", ".join(found.held.by),
    )


def _count(limit: Limit | None) -> str:
    return "none" if limit is None else str(limit.count)


def _span(since: float, until: float, zone: ZoneInfo) -> str:
    return f"{_moment(since, zone)} to {_moment(until, zone)}"


def _moment(at: float, zone: ZoneInfo) -> str:
    return f"{local(zone, at):%a %d %b %H:%M}"


def _shift(zone: ZoneInfo, at: float) -> str:
    """`Sun 25 Oct: clocks go from 03:00 back to 02:00, so that the day has 25 h`."""
    before, after = local(zone, at - 1) + timedelta(seconds=1), local(zone, at)
    day = local(zone, at - 1).date()
    hours = (midnight(zone, day + timedelta(days=1)) - midnight(zone, day)) / _HOUR_S
    way = "back" if after < before else "on"
    return (
        f"{day:%a} {day.day} {day:%b}: clocks go from {before:%H:%M} {way} to {after:%H:%M}, so"
        f" that the day has {hours:g} h"
    )
