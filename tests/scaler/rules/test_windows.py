from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaler.rules.windows import Held, Limit, Window, held
from tests.inputs import costly
from tests.scaler.rules.zones import situations

WORKDAYS = (0, 1, 2, 3, 4)
DAY = Window("Weekdays", WORKDAYS, start=time(8), end=time(18), least=5)
NIGHT = Window("Night", WORKDAYS, start=time(22), end=time(6), most=2)
NOON = Window("Noon", WORKDAYS, start=time(12), end=time(13), least=8)
LOW = Window("Low", WORKDAYS, start=time(8), end=time(18), most=3)
HOLIDAY = Window("Holiday", first=date(2026, 12, 24), last=date(2026, 12, 25))
SALE = Window("Sale", first=date(2026, 12, 3), last=date(2026, 12, 3), start=time(20), least=9)
WHOLE = Window("Whole", (2,), least=1)

ON_WEDNESDAY = datetime.fromisoformat("2026-12-02T12:00")
WALLS = st.datetimes(*map(datetime.fromisoformat, ("2026-03-01", "2026-11-30")))


def floor(*windows: Window, on: str) -> int | None:
    """The floor that holds at a local time of December 2026; the 2nd is a Wednesday."""
    least = held(windows, datetime.fromisoformat(f"2026-12-{on}")).least
    return None if least is None else least.count


def ceiling(*windows: Window, on: str) -> int | None:
    most = held(windows, datetime.fromisoformat(f"2026-12-{on}")).most
    return None if most is None else most.count


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("02T07:59:59", None),
        ("02T08:00", 5),
        ("02T17:59:59", 5),
        ("02T18:00", None),
        ("05T12:00", None),
    ],
)
def test_a_weekly_window_holds_from_its_start_to_before_its_end(
    on: str, expected: int | None
) -> None:
    assert floor(DAY, on=on) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("02T21:59", None),
        ("02T22:00", 2),
        ("03T05:59", 2),
        ("03T06:00", None),
        ("05T05:59", 2),
        ("05T22:00", None),
        ("07T05:59", None),
    ],
)
def test_a_window_that_passes_midnight_belongs_to_the_day_on_which_it_begins(
    on: str, expected: int | None
) -> None:
    assert ceiling(NIGHT, on=on) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [("01T23:59", None), ("02T00:00", 1), ("02T23:59", 1), ("03T00:00", None)],
)
def test_twice_the_same_time_is_a_whole_day(on: str, expected: int | None) -> None:
    assert floor(WHOLE, on=on) == expected


def test_of_several_the_highest_floor_holds_and_the_lowest_ceiling() -> None:
    lower = Window("Lower", WORKDAYS, most=12)
    higher = Window("Higher", WORKDAYS, most=20)

    found = held((DAY, NOON, higher, lower), ON_WEDNESDAY)

    assert (found.least, found.most) == (Limit(8, "Noon"), Limit(12, "Lower"))
    assert found.by == ("Higher", "Lower", "Noon", "Weekdays")


def test_a_ceiling_below_the_floor_is_lifted_to_it() -> None:
    found = held((DAY, LOW), ON_WEDNESDAY)
    assert (found.least, found.most) == (Limit(5, "Weekdays"), Limit(5, "Low"))
    assert ceiling(NOON, LOW, on="02T09:00") == 3


@pytest.mark.parametrize("on", ["24T12:00", "25T08:00"])
def test_on_the_days_of_a_window_by_date_no_weekly_one_counts(on: str) -> None:
    assert floor(DAY, on=on) == 5
    assert floor(DAY, HOLIDAY, on=on) is None
    assert held((DAY, HOLIDAY), datetime.fromisoformat(f"2026-12-{on}")).by == ("Holiday",)


def test_what_began_the_evening_before_ends_at_midnight_and_none_begins_on_such_a_day() -> None:
    assert ceiling(NIGHT, HOLIDAY, on="23T23:59") == 2
    assert ceiling(NIGHT, HOLIDAY, on="24T00:00") is None
    assert ceiling(NIGHT, on="26T05:00") == 2
    assert ceiling(NIGHT, HOLIDAY, on="26T05:00") is None


def test_a_window_by_date_goes_on_past_midnight_and_wins_there_too() -> None:
    long = Window("Long", first=date(2026, 12, 3), last=date(2026, 12, 3), start=time(20),
                  end=time(9), least=2)  # fmt: skip
    assert [floor(DAY, long, on=on) for on in ("03T12:00", "03T20:00", "04T08:30", "04T09:00")] == [
        None,
        2,
        2,
        5,
    ]


def test_a_window_by_date_without_times_is_of_whole_days() -> None:
    days = Window("Rush", first=date(2026, 12, 5), last=date(2026, 12, 6), least=7)
    seen = [floor(days, on=on) for on in ("04T23:59", "05T00:00", "06T23:59", "07T00:00")]
    assert seen == [None, 7, 7, None]


def test_of_two_by_date_the_highest_floor_holds() -> None:
    both = Window("Both", first=date(2026, 12, 3), last=date(2026, 12, 9), least=4)
    assert [floor(SALE, both, on=on) for on in ("03T19:00", "03T20:00", "04T00:00")] == [4, 9, 4]


def test_without_windows_nothing_holds() -> None:
    assert held((), ON_WEDNESDAY) == Held()


@given(situations(), WALLS)
@costly
def test_the_order_says_nothing_and_the_ceiling_is_never_below_the_floor(
    some: tuple[tuple[Window, ...], object, float], wall: datetime
) -> None:
    windows, *_ = some
    found = held(windows, wall)

    assert all(held(order, wall) == found for order in permutations(windows))
    if found.least is not None and found.most is not None:
        assert found.most.count >= found.least.count


@given(situations(), WALLS)
@costly
def test_a_day_later_in_the_week_after_the_same_holds_where_no_dates_are(
    some: tuple[tuple[Window, ...], object, float], wall: datetime
) -> None:
    weekly = [window for window in some[0] if not window.dated]
    assert held(weekly, wall) == held(weekly, wall + timedelta(days=7))
