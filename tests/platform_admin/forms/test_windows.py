from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

import pytest
from django.http import QueryDict

from platform_admin.forms.windows import (
    WindowRow,
    blamed,
    parsed,
    parsed_one,
    readable,
    stored,
    typed,
    with_spare,
)
from scaler.rules.windows import Window

DAY = Window("Weekdays", (0, 1, 2, 3, 4), start=time(8), end=time(18), least=5)
CHRISTMAS = Window("Christmas", first=date(2026, 12, 24), last=date(2026, 12, 26))
NIGHT = Window("Night", (4,), start=time(22), end=time(), most=2)


def posted(*rows: Mapping[str, str | list[str]]) -> QueryDict:
    """Rows as a browser sends them, numbered from 1."""
    data = QueryDict(mutable=True)
    for number, row in enumerate(rows, start=1):
        for part, value in row.items():
            values = value if isinstance(value, list) else [value]
            data.setlist(f"windows-{number}-{part}", values)
    return data


def test_rows_are_read_in_the_order_of_their_numbers() -> None:
    rows = typed(posted(*({"name": f"w{number}", "least": "1"} for number in range(12))))
    assert [row.name for row in rows] == [f"w{number}" for number in range(12)]


def test_rows_that_are_empty_or_ticked_to_be_removed_are_not_there() -> None:
    empty = dict.fromkeys(("name", "first", "last", "start", "end", "least", "most"), " ")
    rows = typed(posted({"name": "Weekdays", "remove": "yes"}, empty, {"days": ["0", "3"]}))
    assert [(row.name, row.days) for row in rows] == [("", ("0", "3"))]


@pytest.mark.parametrize("window", [DAY, CHRISTMAS, NIGHT], ids=lambda window: window.name)
def test_a_stored_window_comes_back_through_its_row(window: Window) -> None:
    [row] = stored([window])
    assert parsed_one(row) == (window, {})


def test_whole_days_stand_without_times() -> None:
    [row] = stored([CHRISTMAS])
    assert (row.start, row.end) == ("", "")
    assert row.words == "24 Dec 2026 to 26 Dec 2026, the whole day, no schedule"


@pytest.mark.parametrize(
    ("row", "window"),
    [
        (
            WindowRow("One", first="2026-12-24"),
            Window("One", first=date(2026, 12, 24), last=date(2026, 12, 24)),
        ),
        (WindowRow("From", ("0",), start="08:00"), Window("From", (0,), start=time(8))),
        (WindowRow("To", ("0",), end="24:00"), Window("To", (0,))),
        (WindowRow("Days", ("4", "0", "x")), Window("Days", (0, 4))),
        (WindowRow("Exact", ("0",), start="08:00:30"), Window("Exact", (0,), start=time(8))),
    ],
)
def test_what_is_left_empty_has_a_meaning(row: WindowRow, window: Window) -> None:
    assert parsed_one(row) == (window, {})


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("first", "24.12.2026"),
        ("last", "2026-13-01"),
        ("start", "8 o'clock"),
        ("end", "25:00"),
        ("least", "five"),
        ("most", "1.5"),
        ("most", "9" * 40),
    ],
)
def test_what_can_not_be_read_is_said_at_its_part(part: str, value: str) -> None:
    row = WindowRow(**{"name": "Odd", "first": "2026-12-01", part: value})  # type: ignore[arg-type]
    _, errors = parsed((WindowRow("Fine", ("0",), least="1"), row))

    assert list(errors) == [f"windows.1.{part}"]
    assert repr(value) in errors[f"windows.1.{part}"][0]
    assert [window.name for window in readable((row,))] == []


def test_a_last_day_alone_is_not_a_date() -> None:
    window, wrong = parsed_one(WindowRow("Odd", last="2026-12-24"))
    assert (window.dated, list(wrong)) == (False, ["last"])


def test_errors_stand_at_their_row_and_the_others_are_left() -> None:
    rows, others = blamed(
        stored([DAY, CHRISTMAS]),
        {"windows.1.last": ["no"], "windows": ["many"], "floor": ["low"], "windows.7.name": ["?"]},
    )
    assert [dict(row.errors) for row in rows] == [{}, {"last": ["no"]}]
    assert others == {"windows": ["many"], "floor": ["low"], "windows.7.name": ["?"]}


def test_there_are_always_rows_to_type_into() -> None:
    assert [row.used for row in with_spare(stored([DAY]))] == [True, False, False]
