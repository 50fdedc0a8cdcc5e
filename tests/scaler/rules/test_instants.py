"""Windows over real time, where clocks are put forward and back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaler.rules.instants import local, midnight, shifts, stretches
from scaler.rules.windows import Window, held
from tests.inputs import costly
from tests.scaler.rules.zones import (
    BERLIN,
    CHANGES,
    KOLKATA,
    LORD_HOWE,
    NEW_YORK,
    SANTIAGO,
    ZONES,
    at,
    situations,
)

EVERY = (0, 1, 2, 3, 4, 5, 6)
HOUR = 3600.0


def daily(start: time, end: time) -> tuple[Window, ...]:
    return (Window("Daily", EVERY, start=start, end=end, least=2),)


def hours(windows: tuple[Window, ...], zone: ZoneInfo, day: date) -> list[tuple[float, float]]:
    """The stretches of a local day with a floor, in hours since its midnight."""
    since = midnight(zone, day)
    found = stretches(windows, zone, since, midnight(zone, day + timedelta(days=1)))
    return [
        ((each.since - since) / HOUR, (each.until - since) / HOUR)
        for each in found
        if each.held.least is not None
    ]


@pytest.mark.parametrize(
    ("zone", "day", "start", "end", "expected"),
    [
        # Clocks go from 02:00 to 03:00.
        (BERLIN, date(2026, 3, 29), time(1), time(4), [(1, 3)]),
        (BERLIN, date(2026, 3, 29), time(2, 30), time(4), [(2, 3)]),
        (BERLIN, date(2026, 3, 29), time(1), time(2, 30), [(1, 2)]),
        (BERLIN, date(2026, 3, 29), time(2, 10), time(2, 40), []),
        (NEW_YORK, date(2026, 3, 8), time(2, 30), time(4), [(2, 3)]),
        (NEW_YORK, date(2026, 3, 8), time(8), time(18), [(7, 17)]),
        # From 03:00 back to 02:00.
        (BERLIN, date(2026, 10, 25), time(2), time(3), [(2, 4)]),
        (BERLIN, date(2026, 10, 25), time(1), time(4), [(1, 5)]),
        (BERLIN, date(2026, 10, 25), time(2, 15), time(2, 45), [(2.25, 2.75), (3.25, 3.75)]),
        (NEW_YORK, date(2026, 11, 1), time(1), time(2), [(1, 3)]),
        # From 02:00 to 02:30, and from 02:00 back to 01:30.
        (LORD_HOWE, date(2026, 10, 4), time(2, 15), time(3), [(2, 2.5)]),
        (LORD_HOWE, date(2026, 4, 5), time(1, 30), time(2), [(1.5, 2.5)]),
        (LORD_HOWE, date(2026, 4, 5), time(8), time(18), [(8.5, 18.5)]),
        # From 00:00 to 01:00: the day begins at 01:00.
        (SANTIAGO, date(2026, 9, 6), time(0, 30), time(2), [(0, 1)]),
        (KOLKATA, date(2026, 3, 29), time(2, 30), time(4), [(2.5, 4)]),
    ],
)
def test_a_window_holds_while_the_clock_on_the_wall_shows_its_times(
    zone: ZoneInfo, day: date, start: time, end: time, expected: list[tuple[float, float]]
) -> None:
    assert hours(daily(start, end), zone, day) == expected


def test_a_night_over_a_change_of_clocks_ends_at_its_time() -> None:
    nights = daily(time(22), time(6))
    spring, autumn = at(BERLIN, 2026, 3, 28, 22), at(BERLIN, 2026, 10, 24, 22)
    lengths = [next(stretches(nights, BERLIN, x, x + 86_400)).until - x for x in (spring, autumn)]
    assert lengths == [7 * HOUR, 9 * HOUR]


@pytest.mark.parametrize("zone", CHANGES, ids=str)
def test_the_changes_of_clocks_are_found_to_the_second(zone: ZoneInfo) -> None:
    since, until = at(zone, 2026, 1, 1), at(zone, 2027, 1, 1)
    assert shifts(zone, since, until) == sorted(each.timestamp() for each in CHANGES[zone])


def test_a_zone_without_daylight_saving_changes_none() -> None:
    assert shifts(KOLKATA, at(KOLKATA, 2026, 1, 1), at(KOLKATA, 2027, 1, 1)) == []


@given(situations(), st.integers(0, 4 * 86_400))
@costly
def test_at_every_instant_what_its_wall_clock_shows_is_in_force(
    some: tuple[tuple[Window, ...], ZoneInfo, float], later: int
) -> None:
    windows, zone, now = some
    instant = now + later
    found = list(stretches(windows, zone, now, now + 5 * 86_400))

    [there] = [each for each in found if each.since <= instant < each.until]
    shown = datetime.fromtimestamp(instant, zone).replace(tzinfo=None)
    assert there.held == held(windows, shown) == held(windows, local(zone, instant))


@given(situations())
@costly
def test_stretches_have_no_gap_and_neighbours_differ(
    some: tuple[tuple[Window, ...], ZoneInfo, float],
) -> None:
    windows, zone, now = some
    found = list(stretches(windows, zone, now, now + 7 * 86_400))

    assert (found[0].since, found[-1].until) == (now, now + 7 * 86_400)
    assert all(a.until == b.since and a.held != b.held for a, b in pairwise(found))
    assert all(each.since < each.until for each in found)


@given(situations())
@costly
def test_a_stretch_ends_at_the_second_at_which_something_else_is_in_force(
    some: tuple[tuple[Window, ...], ZoneInfo, float],
) -> None:
    windows, zone, now = some
    for each in list(stretches(windows, zone, now, now + 7 * 86_400))[:-1]:
        assert held(windows, local(zone, each.until - 1)) == each.held
        assert held(windows, local(zone, each.until)) != each.held


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_day_begins_when_its_date_is_shown_first(zone: ZoneInfo) -> None:
    for place in range(366):
        day = date(2026, 1, 1) + timedelta(days=place)
        began = midnight(zone, day)
        assert local(zone, began).date() == day
        assert local(zone, began - 1).date() == day - timedelta(days=1)
