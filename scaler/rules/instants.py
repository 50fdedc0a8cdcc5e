"""When what the windows of a schedule hold changes, in seconds since 1970."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from scaler.rules.windows import MIDNIGHT, Held, Window, held

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stretch:
    """From `since` on, and before `until`, both in seconds since 1970, the same holds."""

    since: float
    until: float
    held: Held


def local(zone: ZoneInfo, at: float) -> datetime:
    """What a wall clock of the zone shows at an instant, without the zone."""
    return datetime.fromtimestamp(at, zone).replace(tzinfo=None)


def midnight(zone: ZoneInfo, day: date) -> float:
    """The instant at which the day begins in the zone: after the gap where midnight is skipped."""
    return datetime.combine(day, MIDNIGHT, zone).timestamp()


def stretches(
    windows: Sequence[Window], zone: ZoneInfo, since: float, until: float
) -> Iterator[Stretch]:
    """What holds from `since` to before `until`: without a gap, neighbours differ.

    Made one by one, as far as somebody asks.
    """
    began, now = since, held(windows, local(zone, since))
    for at in _edges(windows, zone, since, until):
        then = held(windows, local(zone, at))
        if then != now:
            yield Stretch(began, at, now)
            began, now = at, then
    yield Stretch(began, until, now)


def shifts(zone: ZoneInfo, since: float, until: float) -> list[float]:
    """The instants in between at which the zone's clocks are put forward or back, a day apart."""
    first, last = local(zone, since).date(), local(zone, until).date()
    days = (first + place * _DAY for place in range((last - first).days + 1))
    found = (_shift(zone, day) for day in days)
    return [at for at in found if at is not None and since < at < until]


def _edges(windows: Sequence[Window], zone: ZoneInfo, since: float, until: float) -> list[float]:
    """Every instant in between at which a boundary of a window is shown, or clocks are changed."""
    times = frozenset(at for window in windows for at in (window.start, window.end))
    first, last = local(zone, since).date() - _DAY, local(zone, until).date() + _DAY
    return [at for at in _edges_of(zone, first, last, times) if since < at < until]


@lru_cache(maxsize=1024)
def _edges_of(zone: ZoneInfo, first: date, last: date, times: frozenset[time]) -> tuple[float, ...]:
    """When midnight and these times are shown on the days, both times where that is twice."""
    days = [first + place * _DAY for place in range((last - first).days + 1)]
    walls = [datetime.combine(day, at, zone) for day in days for at in times | {MIDNIGHT}]
    shown = {wall.replace(fold=fold).timestamp() for wall in walls for fold in (0, 1)}
    shown |= {shift for day in days if (shift := _shift(zone, day)) is not None}
    return tuple(sorted(shown))


@lru_cache(maxsize=4096)
def _shift(zone: ZoneInfo, day: date) -> float | None:
    """The second at which the zone's clocks are changed on the day, None where they are not."""
    low, high = (round(midnight(zone, each)) for each in (day, day + _DAY))
    before, after = _offset(zone, low), _offset(zone, high)
    if before == after:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return float(high)


def _offset(zone: ZoneInfo, at: int) -> timedelta | None:
    return datetime.fromtimestamp(at, UTC).astimezone(zone).utcoffset()
