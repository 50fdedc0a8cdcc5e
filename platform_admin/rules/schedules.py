"""What may stand in a policy's schedule, how it is stored, and in words. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from functools import lru_cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from platform_admin.rules.fields import Found
from scaler.rules.windows import MIDNIGHT, Window

MOST_WINDOWS = 20
NAME_LENGTH = 40
LARGEST = 1_000_000
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CLOCK = "%H:%M"
_CHANGE_IT = "change the schedule too, on the Scaling page."


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """The names of the time zones that may be chosen, in their order."""
    return tuple(sorted(available_timezones() - {"localtime"}))


def zone_of(name: str, default: str) -> ZoneInfo:
    """The zone of this name; the `default` where it is empty or not known any more."""
    return ZoneInfo(name if name in zone_names() else default)


def time_zone_error(name: str) -> str | None:
    """What is wrong with the name of a time zone, with names that are close to it."""
    if not name or name in zone_names():
        return None
    close = _close(name)
    hint = f"write {' or '.join(close)}" if close else "write one such as Europe/Berlin"
    return f"{name!r} is no time zone that is known: {hint}."


def stored(windows: Iterable[Window]) -> list[dict[str, object]]:
    """The windows as JSON holds them: days by number, 0 is Monday; dates and times as text."""
    return [
        {
            "name": window.name,
            "days": list(window.days),
            "first": window.first and window.first.isoformat(),
            "last": window.last and window.last.isoformat(),
            "start": window.start.strftime(CLOCK),
            "end": window.end.strftime(CLOCK),
            "least": window.least,
            "most": window.most,
        }
        for window in windows
    ]


def read(rows: Iterable[Mapping[str, Any]]) -> tuple[Window, ...]:
    """The windows of such rows."""
    return tuple(
        Window(
            name=row["name"],
            days=tuple(row["days"]),
            first=row["first"] and date.fromisoformat(row["first"]),
            last=row["last"] and date.fromisoformat(row["last"]),
            start=time.fromisoformat(row["start"]),
            end=time.fromisoformat(row["end"]),
            least=row["least"],
            most=row["most"],
        )
        for row in rows
    )


def windows_errors(
    windows: Sequence[Window], minimum: int | None = None, maximum: int | None = None
) -> Found:
    """What is wrong, sentences at `windows.<index>.<field>`, index from 0, and at `windows`.

    `minimum`, `maximum` are the service's, None where they are not known.
    """
    if len(windows) > MOST_WINDOWS:
        yield "windows", f"There are {len(windows)} windows: keep {MOST_WINDOWS} or fewer."
    for index, window in enumerate(windows):
        for field, sentence in (
            ("name", _name(window.name, [each.name for each in windows[:index]])),
            ("days", _days(window)),
            ("last", _dates(window)),
            ("least", _least(window, maximum)),
            ("most", _most(window, minimum)),
        ):
            yield f"windows.{index}.{field}", sentence


def bounds_errors(windows: Iterable[Window], minimum: int, maximum: int) -> Found:
    """What is wrong with a service's bounds under a schedule that is there, by field."""
    for window in windows:
        if window.least is not None and window.least > maximum:
            said = f"asks for at least {window.least}: use {window.least} or more"
            yield "maximum", f"The schedule {window.name} {said}, or {_CHANGE_IT}"
        if window.most is not None and window.most < minimum:
            said = f"allows at most {window.most}: use {window.most} or fewer"
            yield "minimum", f"The schedule {window.name} {said}, or {_CHANGE_IT}"


def in_words(windows: Iterable[Window]) -> str:
    """The windows on one line, as it is compared and told; empty for none."""
    return "; ".join(f"{each.name}: {when(each)}, {what(each)}" for each in windows)


def when(window: Window) -> str:
    """`Mon to Fri, 08:00 to 18:00`, `24 Dec 2026, the whole day`."""
    if window.start == window.end == MIDNIGHT:
        return f"{_on(window)}, the whole day"
    after = " on the next day" if window.overnight and window.end != MIDNIGHT else ""
    end = "24:00" if window.end == MIDNIGHT else window.end.strftime(CLOCK)
    return f"{_on(window)}, {window.start.strftime(CLOCK)} to {end}{after}"


def what(window: Window) -> str:
    """`at least 5, at most 8`; for a window by date that holds neither, `no schedule`."""
    least = "" if window.least is None else f"at least {window.least}"
    most = "" if window.most is None else f"at most {window.most}"
    return ", ".join(filter(None, (least, most))) or "no schedule"


def _on(window: Window) -> str:
    if window.first is not None and window.last is not None:
        first, last = (f"{day.day} {day:%b %Y}" for day in (window.first, window.last))
        return first if first == last else f"{first} to {last}"
    return ", ".join(_runs(sorted(window.days)))


def _runs(days: Sequence[int]) -> list[str]:
    """`Mon to Fri` for days that follow each other, names for one or two."""
    runs = [
        [day for _, day in run]
        for _, run in groupby(enumerate(days), lambda pair: pair[1] - pair[0])
    ]
    return [
        f"{DAYS[run[0]]} to {DAYS[run[-1]]}" if len(run) > 2 else ", ".join(DAYS[d] for d in run)
        for run in runs
    ]


def _close(name: str) -> list[str]:
    """Up to three zones that the name may mean: by their city, else by how they are written."""
    wanted = name.strip().replace(" ", "_").casefold()
    cities: dict[str, list[str]] = {}
    for zone in zone_names():
        cities.setdefault(zone.rpartition("/")[2].casefold(), []).append(zone)
    city = wanted.rpartition("/")[2]
    if city in cities:
        return [zone for zone in cities[city] if "/" in zone][:3] or cities[city][:3]
    folded = {zone.casefold(): zone for zone in zone_names()}
    near = difflib.get_close_matches(wanted, folded, 3, 0.7)
    return [folded[each] for each in near]


def _name(name: str, above: Sequence[str]) -> str | None:
    if not name:
        return "It has no name: give one, such as Weekdays."
    if len(name) > NAME_LENGTH or not name.isprintable():
        return f"{name!r} is no name: use at most {NAME_LENGTH} signs."
    return f"{name} stands twice: call one of them another name." if name in above else None


def _days(window: Window) -> str | None:
    if window.days and window.dated:
        return "It has days of the week and dates: keep the one or the other."
    if not window.days and not window.dated:
        return "It is on no day: choose days of the week, or dates."
    if not set(window.days) <= set(range(len(DAYS))):
        return f"{window.days} are no days of the week: use 0 for Monday to 6 for Sunday."
    return None


def _dates(window: Window) -> str | None:
    if window.first is None or window.last is None or window.first <= window.last:
        return None
    return f"It ends on {window.last}, before it begins: use {window.first} or a later day."


def _least(window: Window, maximum: int | None) -> str | None:
    least, most = window.least, window.most
    if least is None:
        holds = most is not None or window.dated
        return None if holds else "It holds nothing: give a minimum, a maximum or both."
    if not 0 <= least <= LARGEST:
        return f"{least} is no number of instances: use 0 to {LARGEST:,}."
    if most is not None and least > most:
        return f"At least {least} is above at most {most}: lower the one or raise the other."
    if maximum is not None and least > maximum:
        return (
            f"At least {least} is above the service's maximum of {maximum}: use {maximum} or"
            " fewer, or raise the maximum."
        )
    return None


def _most(window: Window, minimum: int | None) -> str | None:
    most = window.most
    if most is None:
        return None
    if not 0 <= most <= LARGEST:
        return f"{most} is no number of instances: use 0 to {LARGEST:,}."
    if minimum is not None and most < minimum:
        return (
            f"At most {most} is below the service's minimum of {minimum}: use {minimum} or more,"
            " or lower the minimum."
        )
    return None
