"""The rows of a schedule's windows: as they were typed, and as the rules take them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time

from django.http import QueryDict

from platform_admin.rules.schedules import CLOCK, DAYS, what, when
from scaler.rules.windows import MIDNIGHT, Window

EMPTY_ROWS = 2
PARTS = ("name", "first", "last", "start", "end", "least", "most")
"""What is typed of a window; its days are ticked."""
_ROW = re.compile(r"windows-(\d{1,3})-")
_DAY = re.compile(r"[0-6]")
_DIGITS = re.compile(r"-?\d{1,9}")
_SAID = {
    "first": "{!r} is no date: write it as 2026-12-24.",
    "last": "{!r} is no last day: give a first one, and write it as 2026-12-24.",
    "start": "{!r} is no time: write it as 08:00.",
    "end": "{!r} is no time: write it as 18:00.",
    "least": "{!r} is no whole number: use digits only.",
    "most": "{!r} is no whole number: use digits only.",
}
Errors = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class WindowRow:
    """One row as typed; `days` are those that are ticked, by number."""

    name: str = ""
    days: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    start: str = ""
    end: str = ""
    least: str = ""
    most: str = ""
    errors: Errors = field(default_factory=dict)

    @property
    def used(self) -> bool:
        return bool(self.days) or any(getattr(self, part) for part in PARTS)

    @property
    def week(self) -> list[tuple[str, str, bool]]:
        """The days to tick: number, name, and whether it is ticked."""
        return [(str(n), name, str(n) in self.days) for n, name in enumerate(DAYS)]

    @property
    def words(self) -> str:
        """When it holds what, empty while that can not be told."""
        window, errors = parsed_one(self)
        told = not errors and (window.days or window.dated)
        return f"{when(window)}, {what(window)}" if told else ""


def typed(data: QueryDict) -> list[WindowRow]:
    """The rows that were typed, less those that are empty or ticked to be removed."""
    numbers = sorted({int(found[1]) for name in data if (found := _ROW.match(name))})
    rows = [_typed(data, f"windows-{number}-") for number in numbers]
    return [row for row in rows if row is not None and row.used]


def stored(windows: Iterable[Window]) -> list[WindowRow]:
    """The rows of a policy's windows."""
    return [
        WindowRow(
            name=window.name,
            days=tuple(str(day) for day in window.days),
            first="" if window.first is None else window.first.isoformat(),
            last="" if window.last is None else window.last.isoformat(),
            start=_clock(window, window.start),
            end=_clock(window, window.end),
            least="" if window.least is None else str(window.least),
            most="" if window.most is None else str(window.most),
        )
        for window in windows
    ]


def with_spare(rows: Sequence[WindowRow]) -> list[WindowRow]:
    """The rows and some empty ones to type into."""
    return [*rows, *(WindowRow() for _ in range(EMPTY_ROWS))]


def parsed(rows: Sequence[WindowRow]) -> tuple[tuple[Window, ...], dict[str, list[str]]]:
    """The windows of the rows, and what could not be read, at `windows.<index>.<part>`.

    What could not be read is as if it were empty.
    """
    found = [parsed_one(row) for row in rows]
    errors = {
        f"windows.{index}.{part}": [sentence]
        for index, (_, wrong) in enumerate(found)
        for part, sentence in wrong.items()
    }
    return tuple(window for window, _ in found), errors


def readable(rows: Sequence[WindowRow]) -> tuple[Window, ...]:
    """The windows of those rows in which everything can be read: what can be drawn."""
    return tuple(window for window, wrong in map(parsed_one, rows) if not wrong)


def parsed_one(row: WindowRow) -> tuple[Window, dict[str, str]]:
    """The window of a row, and what could not be read of it, a sentence a part.

    Without a last day it is of the first alone, without times of whole days; a start alone goes on
    to midnight, an end alone begins there.
    """
    first, last = _date(row.first), _date(row.last or row.first)
    start, end = _time(row.start), _time(row.end)
    least, most = _count(row.least), _count(row.most)
    found: dict[str, date | time | int | None] = {
        "first": first,
        "last": last if row.first else None,
        "start": start,
        "end": end,
        "least": least,
        "most": most,
    }
    unread = [part for part, one in found.items() if getattr(row, part) and one is None]
    window = Window(
        name=row.name,
        days=tuple(sorted({int(day) for day in row.days if _DAY.fullmatch(day)})),
        first=first if last else None,
        last=last if first else None,
        start=start or MIDNIGHT,
        end=end or MIDNIGHT,
        least=least,
        most=most,
    )
    return window, {part: _SAID[part].format(getattr(row, part)) for part in unread}


def blamed(
    rows: Sequence[WindowRow], errors: Errors
) -> tuple[list[WindowRow], dict[str, list[str]]]:
    """The rows with the errors `windows.<index>.<part>` at them, and the errors of other fields."""
    at: list[dict[str, Sequence[str]]] = [{} for _ in rows]
    others: dict[str, list[str]] = {}
    for name, sentences in errors.items():
        first, _, rest = name.partition(".")
        index, _, part = rest.partition(".")
        if first == "windows" and index.isdigit() and int(index) < len(rows):
            at[int(index)][part] = sentences
        else:
            others[name] = list(sentences)
    return [replace(row, errors=found) for row, found in zip(rows, at, strict=True)], others


def _typed(data: QueryDict, prefix: str) -> WindowRow | None:
    if f"{prefix}remove" in data:
        return None
    name, first, last, start, end, least, most = (
        data.get(f"{prefix}{part}", "").strip() for part in PARTS
    )
    days = tuple(data.getlist(f"{prefix}days"))
    return WindowRow(name, days, first, last, start, end, least, most)


def _clock(window: Window, at: time) -> str:
    return "" if window.start == window.end == MIDNIGHT else at.strftime(CLOCK)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _time(text: str) -> time | None:
    """The time to the minute; browsers send it so, and 24:00 is midnight too."""
    try:
        found = time.fromisoformat("00:00" if text == "24:00" else text)
    except ValueError:
        return None
    return found.replace(second=0, microsecond=0, tzinfo=None)


def _count(text: str) -> int | None:
    return int(text) if _DIGITS.fullmatch(text) else None
