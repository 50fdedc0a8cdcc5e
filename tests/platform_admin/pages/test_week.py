from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from platform_admin.pages.week import HEIGHT, TOP, Week, week
from scaler.rules.windows import Window
from tests.scaler.rules.zones import BERLIN, KOLKATA, LORD_HOWE, NEW_YORK, at

EVERY = (0, 1, 2, 3, 4, 5, 6)
DAY = Window("Weekdays", (0, 1, 2, 3, 4), start=time(8), end=time(18), least=5)
NIGHT = Window("Night", EVERY, start=time(22), end=time(6), most=2)
CLOSED = Window("Closed", first=date(2026, 12, 3), last=date(2026, 12, 3))
MONDAY_NOON = at(BERLIN, 2026, 11, 30, 12)


def drawn(*windows: Window, now: float = MONDAY_NOON) -> Week:
    return week(windows, BERLIN, 1, 9, now)


def test_it_begins_with_today_and_has_seven_days() -> None:
    found = drawn(DAY)

    assert [day.name for day in found.days] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert [day.number for day in found.days] == ["30", "1", "2", "3", "4", "5", "6"]
    assert [day.hours for day in found.days] == [""] * 7
    assert found.now == pytest.approx(50 / 7, abs=0.01)


def test_a_floor_stands_on_the_ground_from_its_start_to_its_end() -> None:
    found = drawn(DAY)
    first = found.floors[0]

    assert len(found.floors) == 5
    assert first.left == pytest.approx(100 * 8 / 168, abs=0.01)
    assert first.width == pytest.approx(100 * 10 / 168, abs=0.02)
    assert first.top + first.height == TOP + HEIGHT
    assert first.words == "at least 5, Mon 30 Nov 08:00 to Mon 30 Nov 18:00, by Weekdays"


def test_a_ceiling_hangs_from_the_top_and_a_night_is_one_bar() -> None:
    found = drawn(NIGHT)

    assert [bar.top for bar in found.ceilings] == [TOP] * 8
    assert found.ceilings[1].words == "at most 2, Mon 30 Nov 22:00 to Tue 01 Dec 06:00, by Night"


def test_each_window_has_a_lane_also_one_that_says_that_nothing_holds() -> None:
    found = drawn(DAY, CLOSED)

    assert [(lane.name, lane.dated, len(lane.bars)) for lane in found.lanes] == [
        ("Weekdays", False, 4),
        ("Closed", True, 1),
    ]
    assert found.lanes[1].bars[0].words == "Closed, Thu 03 Dec 00:00 to Fri 04 Dec 00:00"
    assert found.height > found.lanes[1].top


def test_a_bar_goes_on_where_only_another_window_comes_or_goes() -> None:
    low = Window("Low", EVERY, start=time(12), end=time(13), least=1)
    found = drawn(DAY, low)

    assert found.floors[0].words.endswith("18:00, by Weekdays")
    assert len(found.lanes[0].bars) == 5
    assert len(found.lanes[1].bars) == 7


def test_the_table_tells_what_holds_from_now_on() -> None:
    first = drawn(DAY, NIGHT).rows[0]
    assert (first.since, first.until) == ("Mon 30 Nov 08:00", "Mon 30 Nov 18:00")
    assert (first.least, first.most, first.by) == ("5", "none", "Weekdays")


@pytest.mark.parametrize(
    ("zone", "day", "hours", "said"),
    [
        (
            BERLIN,
            date(2026, 3, 29),
            "23 h",
            "Sun 29 Mar: clocks go from 02:00 on to 03:00, so that the day has 23 h",
        ),
        (
            BERLIN,
            date(2026, 10, 25),
            "25 h",
            "Sun 25 Oct: clocks go from 03:00 back to 02:00, so that the day has 25 h",
        ),
        (
            NEW_YORK,
            date(2026, 11, 1),
            "25 h",
            "Sun 1 Nov: clocks go from 02:00 back to 01:00, so that the day has 25 h",
        ),
        (
            LORD_HOWE,
            date(2026, 10, 4),
            "23.5 h",
            "Sun 4 Oct: clocks go from 02:00 on to 02:30, so that the day has 23.5 h",
        ),
    ],
    ids=str,
)
def test_a_change_of_clocks_is_marked_and_its_day_has_its_length(
    zone: ZoneInfo, day: date, hours: str, said: str
) -> None:
    found = week((DAY,), zone, 1, 9, at(zone, day.year, day.month, day.day) - 86_400)

    assert [each.hours for each in found.days if each.hours] == [hours]
    assert [each.words for each in found.shifts] == [said]
    [odd] = [each for each in found.days if each.hours]
    usual = next(each for each in found.days if not each.hours)
    share = float(hours.removesuffix(" h")) / 24
    assert odd.width / usual.width == pytest.approx(share, abs=0.01)
    assert odd.left < found.shifts[0].at < odd.left + odd.width


def test_the_days_fill_the_width() -> None:
    for zone in (BERLIN, KOLKATA):
        days = week((DAY,), zone, 1, 9, MONDAY_NOON).days
        assert sum(day.width for day in days) == pytest.approx(100, abs=0.1)


def test_a_floor_above_the_axis_ends_at_its_top() -> None:
    high = Window("High", EVERY, least=500)
    found = week((high,), BERLIN, 1, 9, MONDAY_NOON)
    assert found.floors[0].top >= TOP


def test_without_windows_there_is_nothing_to_draw() -> None:
    found = drawn()
    assert (found.floors, found.ceilings, found.lanes, found.rows) == ((), (), (), ())
