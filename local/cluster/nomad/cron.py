"""When a cron expression of five fields comes next, as github.com/hashicorp/cronexpr says. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FIELDS = (
    ("minute", 0, 59, ""),
    ("hour", 0, 23, ""),
    ("day-of-month", 1, 31, ""),
    ("month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
    ("day-of-week", 0, 7, "sun mon tue wed thu fri sat"),
)
MACROS = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0", "@daily": "0 0 * * *", "@hourly": "0 * * * *",
}  # fmt: skip
SPACES = " \t\n\f\r"
ITEM = re.compile(r"(\*(?!-)|\?(?![-/])|\w+)(?:-(\w+))?(?:/(\d\d?))?", re.ASCII)
FARTHEST = timedelta(days=366 * 9)


class Unreadable(ValueError):
    """An expression or time zone that is none, in Nomad's words."""


def zone(name: str) -> ZoneInfo:
    """The time zone; raises Unreadable."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Unreadable(f'Invalid time zone "{name}": unknown time zone {name}') from error


def following(spec: str, where: ZoneInfo, after_s: int) -> int | None:
    """The next second since 1970, after `after_s`, at which the clock shows it; None for never."""
    minutes, hours, days, months, weekdays = values = read(spec)
    free = [len(found) == size for found, size in ((values[2], 31), (values[4], 7))]
    moment = datetime.fromtimestamp(after_s // 60 * 60 + 60, UTC)
    last = moment + FARTHEST
    while moment < last:
        local = moment.astimezone(where)
        by_day, by_weekday = local.day in days, local.isoweekday() % 7 in weekdays
        fits = by_day and by_weekday if any(free) else by_day or by_weekday
        if not (fits and local.month in months and local.hour in hours):
            moment += timedelta(minutes=60 - local.minute)
        elif local.minute not in minutes:
            moment += timedelta(minutes=1)
        else:
            return int(moment.timestamp())
    return None


def read(spec: str) -> list[set[int]]:
    """The values of the five fields; raises Unreadable."""
    words = re.findall(rf"[^{SPACES}]+", MACROS.get(spec.strip(SPACES), spec).lower())
    if len(words) != len(FIELDS):
        raise Unreadable(f'Invalid cron spec "{spec}": missing field(s)')
    return [_field(spec, word, *field) for word, field in zip(words, FIELDS, strict=True)]


def _field(spec: str, text: str, name: str, low: int, high: int, words: str) -> set[int]:
    found: set[int] = set()
    for item in text.split(","):
        part = ITEM.fullmatch(item)
        ends = [_value(one, words) for one in part.groups()[:2]] if part else [None, None]
        first, last = ends
        if part is None or (first is None and part[1] not in "*?") or (part[2] and last is None):
            raise Unreadable(_wrong(spec, name, item))
        if first is None:
            first, last = low, high
        elif last is None:
            last = high if part[3] else first
        longest = 6 if high == 7 else high
        if not (low <= first <= last <= high and 1 <= int(part[3] or 1) <= longest):
            raise Unreadable(_wrong(spec, name, item))
        found |= set(range(first, last + 1, int(part[3] or 1)))
    return {value % 7 for value in found} if name == "day-of-week" else found


def _value(word: str | None, words: str) -> int | None:
    if word and word.isdigit() and len(word) <= 2:
        return int(word)
    return words.split().index(word) + (words[0] == "j") if word in words.split() else None


def _wrong(spec: str, name: str, item: str) -> str:
    return f"Invalid cron spec \"{spec}\": syntax error in {name} field: '{item}'"
