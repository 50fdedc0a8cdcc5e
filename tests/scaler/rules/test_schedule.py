from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from math import inf
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaler.rules.decide import decide
from scaler.rules.events import Event, event, from_row, replayed, to_row
from scaler.rules.observation import Observation
from scaler.rules.policies import Metric, Policy, compiled
from scaler.rules.schedule import (
    LOOK_AGAIN_S,
    InForce,
    Scheduled,
    in_force,
    limits,
    named,
    row_of,
)
from scaler.rules.waterfall import waterfall
from scaler.rules.windows import Limit, Window, held
from scaler.rules.words import sentence
from tests.inputs import costly
from tests.scaler.rules import one
from tests.scaler.rules.zones import BERLIN, at, situations

WORKDAYS = (0, 1, 2, 3, 4)
DAY = Window("Weekdays", WORKDAYS, start=time(8), end=time(18), least=5)
NIGHT = Window("Night", WORKDAYS, start=time(22), end=time(8), most=2)
NOON = Window("Noon", WORKDAYS, start=time(12), end=time(13), least=8)
ALWAYS = Window("Always", (*WORKDAYS, 5, 6), least=3)
CLOSED = Window("Closed", first=date(2026, 12, 24), last=date(2026, 12, 24))
NOTHING = in_force((), BERLIN, 0.0)
POLICY = Policy(minimum=1, maximum=9, metrics=(Metric(10, total=True),))


def wednesday(hour: int, minute: int = 0) -> float:
    return at(BERLIN, 2026, 12, 2, hour, minute)


def test_a_floor_holds_until_its_windows_end() -> None:
    found = in_force((DAY, NOON), BERLIN, wednesday(9))

    assert (found.least, found.least_until) == (Limit(5, "Weekdays"), wednesday(18))
    assert found.until == wednesday(12)


def test_a_higher_floor_ends_where_a_lower_one_is_left() -> None:
    found = in_force((DAY, NOON), BERLIN, wednesday(12))
    assert (found.least, found.least_until) == (Limit(8, "Noon"), wednesday(13))


def test_a_floor_is_ordered_in_advance_and_a_ceiling_is_not() -> None:
    ceiling = replace(DAY, least=None, most=4)
    before = wednesday(8) - 40

    early = in_force((DAY,), BERLIN, before, ahead_s=40)
    assert (early.least, early.least_since) == (Limit(5, "Weekdays"), wednesday(8))
    assert in_force((DAY,), BERLIN, before - 1, ahead_s=40).least is None
    assert in_force((DAY,), BERLIN, before - 1, ahead_s=40).until == before
    assert in_force((ceiling,), BERLIN, before, ahead_s=40).most is None


def test_a_floor_that_is_ordered_in_advance_wins_over_a_ceiling_that_still_holds() -> None:
    early = in_force((NIGHT, DAY), BERLIN, wednesday(8) - 30, ahead_s=40)
    assert (early.least, early.most) == (Limit(5, "Weekdays"), Limit(5, "Night"))
    assert early.most_until == wednesday(8)


def test_a_floor_behind_two_short_ones_is_ordered_in_its_time() -> None:
    two, one_less, again, five = (
        Window(str(least), WORKDAYS, start=time(*start), end=time(*end), least=least)
        for least, start, end in (
            (2, (8,), (9,)),
            (1, (9,), (9, 5)),
            (2, (9, 5), (9, 10)),
            (5, (9, 10), (10,)),
        )
    )
    found = in_force((two, one_less, again, five), BERLIN, wednesday(8), 1800.0)
    assert (found.least, found.until) == (Limit(2, "2"), wednesday(8, 40))


def test_a_floor_that_is_about_to_fall_holds_until_then() -> None:
    assert in_force((DAY,), BERLIN, wednesday(18) - 1, ahead_s=600).least == Limit(5, "Weekdays")
    assert in_force((DAY,), BERLIN, wednesday(18), ahead_s=600).least is None


def test_what_holds_all_week_has_no_end_in_sight() -> None:
    found = in_force((ALWAYS,), BERLIN, wednesday(9))
    assert (found.least, found.least_until) == (Limit(3, "Always"), inf)
    assert found.until == wednesday(9) + LOOK_AGAIN_S


def test_an_exception_ends_it_before_its_time() -> None:
    eve = at(BERLIN, 2026, 12, 23, 23)
    night = in_force((NIGHT, CLOSED), BERLIN, eve)
    assert night.most_until == at(BERLIN, 2026, 12, 24)


@given(situations(), st.integers(0, 3600))
@costly
def test_a_floor_holds_if_one_does_within_the_time_it_is_ordered_in_advance(
    some: tuple[tuple[Window, ...], ZoneInfo, float], ahead_s: int
) -> None:
    windows, zone, now = some
    found = in_force(windows, zone, now, ahead_s)

    seen = [held(windows, _shown(zone, now + later)) for later in _minutes(now, ahead_s)]
    floors = [each.least.count for each in seen if each.least is not None]
    assert (found.least.count if found.least else None) == max(floors, default=None)


@given(situations(), st.integers(0, 3600), st.floats(0, 0.999))
@costly
def test_nothing_changes_before_it_says_so(
    some: tuple[tuple[Window, ...], ZoneInfo, float], ahead_s: int, share: float
) -> None:
    windows, zone, now = some
    found = in_force(windows, zone, now, ahead_s)
    later = in_force(windows, zone, now + share * (found.until - now), ahead_s)

    assert found.until > now
    assert (later.least, later.most) == (found.least, found.most)
    assert (later.least_until, later.most_until) >= (found.least_until, found.most_until)


def _shown(zone: ZoneInfo, instant: float) -> datetime:
    return datetime.fromtimestamp(instant, zone).replace(tzinfo=None)


def _minutes(now: float, ahead_s: int) -> list[float]:
    """Now, the whole minutes of the next `ahead_s` seconds, and their end: all that can differ."""
    first = 60 - now % 60
    return [0.0, *np.arange(first, ahead_s, 60).tolist(), float(ahead_s)]


def alone(found: InForce) -> Scheduled:
    """The schedule of the only service."""
    return Scheduled(np.array([0]), np.array([row_of(found, BERLIN)]))


def happened(
    desired: float,
    wanted: float,
    now: float,
    *windows: Window,
    ahead_s: float = 0.0,
    **known: float,
) -> Event:
    """What happens to a service that wants so many instances, under these windows."""
    seen: Observation = one.with_metric(one.read(desired, **known), wanted * 10)
    found = in_force(windows, BERLIN, now, ahead_s)
    decision = decide(compiled([POLICY]), seen, one.past(), now, scheduled=alone(found))
    told = event(decision, 0, now)
    return replace(told, numbers={**told.numbers, **named(found)})


SENTENCES = [
    (happened(2, 1, wednesday(9), DAY), "2 to 5: at least 5 until 18:00 by the schedule Weekdays."),
    (
        happened(2, 4, wednesday(9), DAY),
        (
            "2 to 5: metric 1 40, target 10 for each instance; wanted 4, at least 5 until 18:00 by"
            " the schedule Weekdays."
        ),
    ),
    (
        happened(2, 1, wednesday(8) - 40, DAY, ahead_s=40),
        "2 to 5: at least 5 until 18:00 by the schedule Weekdays, which begins in 40 s.",
    ),
    (
        happened(1, 4, wednesday(23), NIGHT),
        (
            "1 to 2: metric 1 40, target 10 for each instance; wanted 4, at most 2 until 08:00 by"
            " the schedule Night."
        ),
    ),
    (
        happened(5, 6, wednesday(23), NIGHT),
        "5 to 2: at most 2 until 08:00 by the schedule Night.",
    ),
    (
        happened(5, 4, wednesday(23), NIGHT),
        (
            "5 to 2: metric 1 40, target 10 for each instance; wanted 4, at most 2 until 08:00 by"
            " the schedule Night."
        ),
    ),
    (
        happened(5, 1, wednesday(9), DAY),
        (
            "Staying at 5: metric 1 10, target 10 for each instance; at least 5 until 18:00 by the"
            " schedule Weekdays."
        ),
    ),
    (
        happened(2, 4, wednesday(23), NIGHT),
        (
            "Staying at 2: metric 1 40, target 10 for each instance; wanted 4, at most 2 until"
            " 08:00 by the schedule Night."
        ),
    ),
    (
        happened(2, 1, wednesday(9), ALWAYS),
        "2 to 3: at least 3 by the schedule Always.",
    ),
    (
        happened(
            2, 1, at(BERLIN, 2026, 12, 3), replace(DAY, days=(3, 4), start=time(), end=time())
        ),
        "2 to 5: at least 5 until Sat 00:00 by the schedule Weekdays.",
    ),
    (
        happened(2, 1, wednesday(9), replace(DAY, least=20)),
        "2 to 9: at least 20 until 18:00 by the schedule Weekdays, the maximum is 9.",
    ),
    (
        happened(3, 1, wednesday(9), DAY, override=1, override_until=wednesday(10)),
        "3 to 1: set by hand for 60 min more.",
    ),
]


@pytest.mark.parametrize(("told", "said"), SENTENCES, ids=[said for _, said in SENTENCES])
def test_a_decision_names_the_schedule_and_its_end(told: Event, said: str) -> None:
    assert sentence(told) == said
    assert sentence(from_row(to_row(told))) == said
    assert replayed(told) == told.counts


def test_the_waterfall_says_what_holds_and_when_it_ends() -> None:
    told = happened(2, 1, wednesday(9), DAY, replace(DAY, name="Cap", least=None, most=7))
    [line] = [each for each in waterfall(told) if each.step == "schedule"]

    assert (line.before, line.after) == (1, 5)
    assert line.used == (
        "at least 5 until 18:00 by the schedule Weekdays, at most 7 until 18:00 by the schedule Cap"
    )
    assert line.otherwise == "Another schedule, or its end at 18:00."


def test_a_name_that_looks_like_a_signal_is_none() -> None:
    told = happened(2, 1, wednesday(9), replace(DAY, name="best_wanted"))
    assert sentence(told) == "2 to 5: at least 5 until 18:00 by the schedule best_wanted."


def test_a_service_without_a_schedule_is_decided_as_before() -> None:
    seen = one.with_metric(one.read(2.0), 40.0)
    with_none = decide(compiled([POLICY]), seen, one.past(), 0.0, scheduled=alone(NOTHING))

    assert (with_none.counts == one.decided(POLICY, seen, now=0.0).counts).all()
    assert all(np.isnan(column).all() for column in limits(None, 3, 0.0).values())


def test_what_is_suspended_stays_so() -> None:
    assert happened(3, 1, wednesday(9), DAY, override=0, override_until=inf).end == 0


def test_a_floor_is_reached_at_once_whatever_rate_and_cooldown_say() -> None:
    assert happened(1, 1, wednesday(9), replace(DAY, least=9)).end == 9
