from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import islice
from pathlib import Path

import pytest

from platform_admin.rules.cron import (
    CronError,
    OddDay,
    odd_days,
    read,
    schedule_error,
    upcoming,
    zone_error,
    zone_of,
)

RECORDING = Path(__file__).parents[2] / "data/recordings/cronexpr-1.1.3.tsv"
RECORDED = [line.split("\t") for line in RECORDING.read_text().splitlines()]
READABLE = [row for row in RECORDED if not row[3].startswith("ERR")]
BERLIN = zone_of("Europe/Berlin")


@pytest.mark.parametrize(("text", "zone", "after", "expected"), READABLE, ids=lambda one: one[:25])
def test_it_runs_when_nomads_reader_says(text: str, zone: str, after: str, expected: str) -> None:
    """What github.com/hashicorp/cronexpr 1.1.3 answered: Nomad reads schedules by it."""
    # As texts: two zones' times of an hour that comes twice are never equal in Python.
    wanted = [word.replace("Z", "+00:00") for word in expected.split() if word != "never"]
    found = upcoming(read(text), zone_of(zone), datetime.fromisoformat(after))
    assert [moment.isoformat() for moment in islice(found, 8)] == wanted


@pytest.mark.parametrize("text", [row[0] for row in RECORDED if row[3].startswith("ERR")])
def test_it_refuses_what_nomads_reader_refuses(text: str) -> None:
    with pytest.raises(CronError):
        read(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "A schedule has five fields, nothing was given"),
        ("* * * *", "A schedule has five fields, 4 fields was given"),
        ("0 0 0 1 1 * *", "A schedule has five fields, 7 fields was given"),
        ("@often", "'@often' is not known: use one of @yearly,"),
        ("@HOURLY", "'@HOURLY' is not known: use one of @yearly,"),
        ("60 * * * *", "The minute '60' is out of range: use 0 to 59."),
        ("0 24 * * *", "The hour '24' is out of range: use 0 to 23."),
        ("0 0 L * *", "The day of the month 'l' can not be read: use numbers from 1 to 31"),
        ("0 0 * * 5#2", "The weekday '5#2' can not be read: use numbers from 0 to 7, or words"),
        ("0 0 * * 5-7", "The weekday '5-7' has a range that ends before it begins: list its"),
        ("0 0 * * fri-sun", "The weekday 'fri-sun' has a range that ends before it begins"),
        ("0 0 * * 0-0", "The weekday '0-0' has a range that ends before it begins"),
        ("0 22-4 * * *", "The hour '22-4' has a range that ends before it begins"),
        ("*/0 * * * *", "The minute '*/0' has a step of 0: use 1 to 59."),
        ("0 0 30 2 *", "'0 0 30 2 *' never comes: choose a day that its months have."),
    ],
)
def test_a_wrong_schedule_is_told_with_what_to_do(text: str, said: str) -> None:
    assert (schedule_error(text) or "").startswith(said)


def test_a_time_that_the_clock_skips_and_one_that_comes_twice_are_found() -> None:
    found = list(odd_days(read("30 2 * * *"), BERLIN, date(2026, 1, 1)))
    half_past_two = (time(2, 30),)
    assert found == [
        OddDay(date(2026, 3, 29), half_past_two, ()),
        OddDay(date(2026, 10, 25), (), half_past_two),
    ]


def test_a_cron_that_does_not_run_when_the_clock_is_set_has_no_odd_day() -> None:
    assert list(odd_days(read("30 4 * * *"), BERLIN, date(2026, 1, 1))) == []
    assert list(odd_days(read("30 2 * * *"), UTC, date(2026, 1, 1))) == []


@pytest.mark.parametrize("name", ["", "UTC", "Europe/Berlin"])
def test_a_time_zone_is_known_by_its_name(name: str) -> None:
    assert zone_error(name) is None


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "europe/berlin "])
def test_a_time_zone_that_nobody_knows_is_refused(name: str) -> None:
    assert "is no time zone: use a name such as" in (zone_error(name) or "")
