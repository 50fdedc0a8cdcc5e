from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time

import pytest

from platform_admin.rules.fields import collected
from platform_admin.rules.policy import PolicyFields, policy_errors
from platform_admin.rules.schedules import (
    bounds_errors,
    in_words,
    read,
    stored,
    time_zone_error,
    what,
    when,
    windows_errors,
    zone_names,
    zone_of,
)
from scaler.rules.windows import Window

WORKDAYS = (0, 1, 2, 3, 4)
DAY = Window("Weekdays", WORKDAYS, start=time(8), end=time(18), least=5)
NIGHT = Window("Night", (4, 5), start=time(22), end=time(6), most=2)
CHRISTMAS = Window("Christmas", first=date(2026, 12, 24), last=date(2026, 12, 26))


def errors(*windows: Window, minimum: int = 1, maximum: int = 9) -> dict[str, list[str]]:
    return collected(windows_errors(windows, minimum, maximum))


def test_windows_come_back_from_json_as_they_were() -> None:
    windows = (DAY, NIGHT, CHRISTMAS)
    assert read(json.loads(json.dumps(stored(windows)))) == windows


def test_what_can_be_has_no_errors() -> None:
    assert errors(DAY, NIGHT, CHRISTMAS) == {}
    assert policy_errors(PolicyFields(windows=(DAY,), time_zone="Europe/Berlin"), "web", 9, 1) == {}


@pytest.mark.parametrize(
    ("window", "field", "said"),
    [
        (replace(DAY, name=""), "name", "It has no name: give one, such as Weekdays."),
        (replace(DAY, name="x" * 41), "name", "use at most 40 signs"),
        (replace(DAY, days=()), "days", "It is on no day: choose days of the week, or dates."),
        (replace(CHRISTMAS, days=(1,)), "days", "days of the week and dates: keep the one"),
        (replace(DAY, days=(7,)), "days", "use 0 for Monday to 6 for Sunday"),
        (
            replace(CHRISTMAS, last=date(2026, 12, 1)),
            "last",
            "It ends on 2026-12-01, before it begins: use 2026-12-24 or a later day.",
        ),
        (replace(DAY, least=None), "least", "It holds nothing: give a minimum, a maximum or both."),
        (replace(DAY, most=4), "least", "At least 5 is above at most 4"),
        (replace(DAY, least=-1), "least", "-1 is no number of instances"),
        (
            replace(DAY, least=10),
            "least",
            "above the service's maximum of 9: use 9 or fewer, or raise the maximum.",
        ),
        (
            replace(NIGHT, most=0),
            "most",
            "At most 0 is below the service's minimum of 1: use 1 or more, or lower the minimum.",
        ),
    ],
)
def test_what_can_not_be_is_said_at_its_field(window: Window, field: str, said: str) -> None:
    found = errors(CHRISTMAS, window) if window.name != "Christmas" else errors(DAY, window)
    assert set(found) == {f"windows.1.{field}"}
    assert said in found[f"windows.1.{field}"][0]


def test_a_name_stands_once() -> None:
    assert errors(DAY, DAY) == {
        "windows.1.name": ["Weekdays stands twice: call one of them another name."]
    }


def test_there_are_not_too_many() -> None:
    many = [replace(DAY, name=str(number)) for number in range(21)]
    assert errors(*many) == {"windows": ["There are 21 windows: keep 20 or fewer."]}


def test_bounds_that_a_schedule_does_not_fit_into_name_it() -> None:
    rest = "or change the schedule too, on the Scaling page."
    assert collected(bounds_errors((DAY, NIGHT), 1, 9)) == {}
    assert collected(bounds_errors((DAY, NIGHT), 3, 4)) == {
        "maximum": [f"The schedule Weekdays asks for at least 5: use 5 or more, {rest}"],
        "minimum": [f"The schedule Night allows at most 2: use 2 or fewer, {rest}"],
    }


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Berlin", "'Berlin' is no time zone that is known: write Europe/Berlin."),
        ("new york", "'new york' is no time zone that is known: write America/New_York."),
        ("Europe/Berln", "'Europe/Berln' is no time zone that is known: write Europe/Berlin"),
        ("nowhere at all", "write one such as Europe/Berlin."),
        ("../../etc/passwd", "is no time zone"),
    ],
)
def test_a_zone_that_is_not_known_is_answered_with_those_close_to_it(name: str, said: str) -> None:
    assert said in (time_zone_error(name) or "")


@pytest.mark.parametrize("name", ["", "UTC", "Europe/Berlin", "Australia/Lord_Howe"])
def test_a_zone_that_is_known_is_good_and_none_is_the_platforms(name: str) -> None:
    assert time_zone_error(name) is None


def test_a_zone_that_is_not_known_any_more_is_the_platforms() -> None:
    assert zone_of("Europe/Atlantis", "UTC").key == "UTC"
    assert zone_of("Asia/Tokyo", "UTC").key == "Asia/Tokyo"
    assert "Asia/Tokyo" in zone_names()


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (DAY, "Mon to Fri, 08:00 to 18:00"),
        (NIGHT, "Fri, Sat, 22:00 to 06:00 on the next day"),
        (CHRISTMAS, "24 Dec 2026 to 26 Dec 2026, the whole day"),
        (
            replace(CHRISTMAS, last=date(2026, 12, 24), start=time(20)),
            "24 Dec 2026, 20:00 to 24:00",
        ),
        (Window("Odd", (0, 1, 2, 4, 6)), "Mon to Wed, Fri, Sun, the whole day"),
    ],
)
def test_when_it_holds_is_in_words(window: Window, said: str) -> None:
    assert when(window) == said


def test_what_it_holds_is_in_words() -> None:
    assert [what(each) for each in (DAY, replace(DAY, most=8), CHRISTMAS)] == [
        "at least 5",
        "at least 5, at most 8",
        "no schedule",
    ]
    assert in_words((DAY, CHRISTMAS)) == (
        "Weekdays: Mon to Fri, 08:00 to 18:00, at least 5; Christmas: 24 Dec 2026 to 26 Dec 2026,"
        " the whole day, no schedule"
    )
