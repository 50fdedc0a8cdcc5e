"""When a cron runs: expressions of five fields, read as Nomad reads them.

Nomad reads them by github.com/hashicorp/cronexpr, and so does this: where day and weekday are
both restricted either is enough, and a time of day that the clock skips or repeats runs 0 or 2
times. What only that reader knows (seconds, years, L, W, #), or reads in surprising ways, is
refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@hourly": "0 * * * *",
}
FARTHEST = timedelta(days=366 * 9)
"""From one 29 February to the next there are up to eight years."""
_LEAP_YEAR = datetime(2024, 1, 1, tzinfo=UTC)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_ITEM = re.compile(r"(\*|\?|[a-z]+|[0-9]+)(?:-([a-z]+|[0-9]+))?(?:/([0-9]{1,2}))?")
_SPACES = " \t\n\f\r"
_WORD = re.compile(rf"[^{_SPACES}]+")


class CronError(ValueError):
    """An expression that can not be read; its text is a sentence with what to do."""


@dataclass(frozen=True)
class Field:
    """One of the five: its name, its range, and the words for its values."""

    name: str
    least: int
    most: int
    words: tuple[str, ...] = ()
    first_word: int = 0


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of the month", 1, 31),
    Field("month", 1, 12, tuple(_MONTHS), 1),
    Field("weekday", 0, 7, tuple(_WEEKDAYS)),
)


@dataclass(frozen=True)
class Cron:
    """An expression, read: the values of each field; weekdays count from Sunday, 0."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    every_day: bool
    every_weekday: bool

    def on(self, day: date) -> bool:
        """Whether it runs on that day at all."""
        if day.month not in self.months:
            return False
        by_day, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        if self.every_day or self.every_weekday:
            return (self.every_day or by_day) and (self.every_weekday or by_weekday)
        return by_day or by_weekday

    def times(self) -> Iterator[time]:
        """The times of day, in their order."""
        return (time(hour, minute) for hour in self.hours for minute in self.minutes)


@dataclass(frozen=True)
class OddDay:
    """A day whose clock is set: the times that it skips, and those that come twice."""

    day: date
    skipped: tuple[time, ...]
    repeated: tuple[time, ...]


@cache
def read(text: str) -> Cron:
    """The expression; CronError with a sentence where it is none."""
    # Of a macro it takes only the small letters, and of spaces only these.
    words = _WORD.findall(MACROS.get(text.strip(_SPACES), text).lower())
    if len(words) != len(FIELDS):
        raise CronError(_not_five(text, words))
    minutes, hours, days, months, weekdays = (
        _values(field, word) for field, word in zip(FIELDS, words, strict=True)
    )
    return Cron(
        minutes=tuple(sorted(minutes)),
        hours=tuple(sorted(hours)),
        days=frozenset(days),
        months=frozenset(months),
        weekdays=frozenset(value % 7 for value in weekdays),
        every_day=_everything(words[2]),
        every_weekday=_everything(words[4]),
    )


def zone_of(name: str) -> tzinfo:
    """The time zone of that name, UTC for none; KeyError for one that nobody knows."""
    if name and name not in available_timezones():
        raise KeyError(name)
    return ZoneInfo(name or "UTC")


def upcoming(cron: Cron, zone: tzinfo, after: datetime) -> Iterator[datetime]:
    """The moments after `after` at which it runs, in the zone; none where it never does."""
    day = after.astimezone(zone).date()
    last = day + FARTHEST
    while day <= last:
        for moment in _moments(cron, zone, day) if cron.on(day) else ():
            if moment > after:
                yield moment.astimezone(zone)
                last = day + FARTHEST
        day += timedelta(days=1)


def odd_days(cron: Cron, zone: tzinfo, first: date, days: int = 366) -> Iterator[OddDay]:
    """The days, from `first` on, on which a time of its is skipped or comes twice."""
    for day in (first + timedelta(days=each) for each in range(days)):
        if not cron.on(day) or not _is_set(zone, day):
            continue
        often = {each: len(_instants(zone, day, each)) for each in cron.times()}
        skipped = tuple(each for each, count in often.items() if count == 0)
        repeated = tuple(each for each, count in often.items() if count > 1)
        if skipped or repeated:
            yield OddDay(day, skipped, repeated)


def schedule_error(text: str) -> str | None:
    """What is wrong with a schedule, as a sentence; None where nothing is."""
    try:
        cron = read(text)
    except CronError as error:
        return str(error)
    if next(upcoming(cron, UTC, _LEAP_YEAR), None) is None:
        return f"{text!r} never comes: choose a day that its months have."
    return None


def zone_error(name: str) -> str | None:
    """What is wrong with a time zone's name, as a sentence; None where nothing is."""
    try:
        zone_of(name)
    except KeyError:
        return f"{name!r} is no time zone: use a name such as Europe/Berlin, or UTC."
    return None


def _moments(cron: Cron, zone: tzinfo, day: date) -> list[datetime]:
    """The moments of a day, in UTC and in their order."""
    if not _is_set(zone, day):
        return [datetime.combine(day, each, zone).astimezone(UTC) for each in cron.times()]
    return sorted({found for each in cron.times() for found in _instants(zone, day, each)})


def _instants(zone: tzinfo, day: date, at: time) -> set[datetime]:
    """When the zone's clock shows this: never where it is set past it, else once or twice."""
    shown = datetime.combine(day, at)
    both = (shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return {each for each in both if each.astimezone(zone).replace(tzinfo=None) == shown}


def _is_set(zone: tzinfo, day: date) -> bool:
    """Whether the zone's clock is set on that day."""
    midnights = (datetime.combine(day + timedelta(days=each), time(), zone) for each in (0, 1))
    before, after = (midnight.utcoffset() for midnight in midnights)
    return before != after


def _values(field: Field, text: str) -> set[int]:
    return {value for item in text.split(",") for value in _item(field, item, text)}


def _item(field: Field, item: str, text: str) -> range:
    found = _ITEM.fullmatch(item)
    if found is None:
        raise CronError(_unreadable(field, text))
    first, last, step = found.groups()
    if first in ("*", "?"):
        if last is not None or (first == "?" and step is not None):
            raise CronError(_unreadable(field, text))
        low, high = field.least, field.most
    else:
        low = _value(field, first, text)
        # With a step and no end it goes on to the field's end.
        high = _value(field, last, text) if last else field.most if step else low
    most = min(field.most, 6) if field.name == "weekday" else field.most
    if step is not None and not 1 <= int(step) <= most:
        raise CronError(f"The {field.name} {text!r} has a step of {step}: use 1 to {most}.")
    if high < low or (last is not None and field.name == "weekday" and high in (0, 7)):
        raise CronError(
            f"The {field.name} {text!r} has a range that ends before it begins:"
            f" list its values instead, such as {_listed(field)}."
        )
    if first in ("*", "?") or (step and not last):
        high = most
    return range(low, high + 1, int(step or 1))


def _value(field: Field, word: str, text: str) -> int:
    if word[:3] in field.words and len(word) == 3:
        return field.words.index(word) + field.first_word
    if word.isdigit() and len(word) <= 2 and field.least <= int(word) <= field.most:
        return int(word)
    if word.isdigit():
        raise CronError(
            f"The {field.name} {text!r} is out of range: use {field.least} to {field.most}."
        )
    raise CronError(_unreadable(field, text))


def _everything(text: str) -> bool:
    return any(item in ("*", "?") for item in text.split(","))


def _listed(field: Field) -> str:
    return "5,6,0" if field.name == "weekday" else f"{field.most - 1},{field.most},{field.least}"


def _not_five(text: str, words: list[str]) -> str:
    if text.strip().startswith("@"):
        hint = "every 15 minutes are */15 * * * *" if "every" in text.lower() else "or five fields"
        return f"{text.strip()!r} is not known: use one of {', '.join(MACROS)}, {hint}."
    said = "nothing" if not words else f"{len(words)} field{'' if len(words) == 1 else 's'}"
    return (
        f"A schedule has five fields, {said} was given: minute, hour, day, month, weekday, such as"
        " 30 2 * * * for every night at half past two."
    )


def _unreadable(field: Field, text: str) -> str:
    words = f", or words from {field.words[0]} to {field.words[-1]}" if field.words else ""
    return (
        f"The {field.name} {text!r} can not be read: use numbers from {field.least} to"
        f" {field.most}{words}, with * , - and /, such as */{2 if field.most < 20 else 15}."
    )
