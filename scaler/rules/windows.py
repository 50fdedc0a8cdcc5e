"""Windows of a schedule, and which floor and ceiling they hold while a wall clock shows a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

MIDNIGHT = time()
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """A stretch of local time with a floor, a ceiling or both, in instances.

    Weekly it begins on `days` (0 is Monday); by date on each day from `first` to `last`, both
    included, and with neither a floor nor a ceiling it then says that nothing holds on these days.
    It ends at the first `end` after its `start`: on the next day where that is not later on the
    same one, so that twice the same time is 24 hours. Both are whole minutes.
    """

    name: str
    days: tuple[int, ...] = ()
    first: date | None = None
    last: date | None = None
    start: time = MIDNIGHT
    end: time = MIDNIGHT
    least: int | None = None
    most: int | None = None

    @property
    def dated(self) -> bool:
        """Whether it is one by date."""
        return self.first is not None and self.last is not None

    @property
    def overnight(self) -> bool:
        """Whether it ends on the day after it began."""
        return self.end <= self.start

    def is_of(self, day: date) -> bool:
        """Whether the day is one of its own."""
        if self.first is not None and self.last is not None:
            return self.first <= day <= self.last
        return day.weekday() in self.days


@dataclass(frozen=True)
class Limit:
    """A floor or a ceiling in instances, and the name of the window that it comes from."""

    count: int
    by: str


@dataclass(frozen=True)
class Held:
    """The floor and the ceiling that hold, None for none; `by` are the windows that count."""

    least: Limit | None = None
    most: Limit | None = None
    by: tuple[str, ...] = ()


def held(windows: Sequence[Window], wall: datetime) -> Held:
    """What the windows hold while the wall clock shows `wall`, a time without a zone.

    Windows by date come first: on their days, from midnight to midnight, and as long as one of
    them is in force, weekly ones do not count; none begins on such a day either, and one from the
    evening before ends at midnight. Of those that count the highest floor holds, and the lowest
    ceiling; a ceiling below that floor is lifted to it, because too few is worse than too many.
    So the order of the windows says nothing.

    A wall clock shows a time that daylight saving skips never, and one that it repeats twice: so
    a window that would begin in the gap begins at its end, and one over what is repeated covers
    both.
    """
    day, now = wall.date(), wall.time()
    free = not is_exception(windows, day)
    also_before = free and not is_exception(windows, day - _DAY)
    shown = [
        window
        for window in windows
        if ((window.dated or free) and _shows(window, day, now))
        or ((window.dated or also_before) and _still_shows(window, day, now))
    ]
    return _combined([window for window in shown if window.dated] or shown)


def is_exception(windows: Iterable[Window], day: date) -> bool:
    """Whether the day is one of a window by date, so that weekly ones do not count."""
    return any(window.dated and window.is_of(day) for window in windows)


def _shows(window: Window, day: date, now: time) -> bool:
    """Whether the time is one of the window's that begins on the day."""
    ends_later = window.overnight or now < window.end
    return window.start <= now and ends_later and window.is_of(day)


def _still_shows(window: Window, day: date, now: time) -> bool:
    """Whether the time is one of the window's that began on the day before."""
    return window.overnight and now < window.end and window.is_of(day - _DAY)


def _combined(windows: Sequence[Window]) -> Held:
    floors = [(window.least, window.name) for window in windows if window.least is not None]
    ceilings = [(window.most, window.name) for window in windows if window.most is not None]
    least = Limit(*max(floors)) if floors else None
    most = Limit(*min(ceilings)) if ceilings else None
    if least is not None and most is not None and most.count < least.count:
        most = Limit(least.count, most.by)
    return Held(least, most, tuple(sorted(window.name for window in windows)))
