from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scaler.rules.policies import Metric, Policy, Unknown
from tests.scaler.rules import one
from tests.scaler.rules.one import NOW

TWO = Policy(minimum=1, maximum=50, metrics=(Metric(10), Metric(10)), unknown_after_s=60)
TWO = replace(TWO, down=replace(TWO.down, window_s=0.0))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (20, 10, 8),
        (5, 2, 2),
        (5, 10, 4),
        (5, np.nan, 4),
        (20, np.nan, 8),
        (np.nan, np.nan, 4),
    ],
)
def test_the_highest_wins_and_going_down_needs_all(
    first: float, second: float, expected: int
) -> None:
    assert one.count(TWO, one.with_metric(one.read(4), first, second)) == expected


@pytest.mark.parametrize(
    ("unknown", "for_s", "expected"),
    [
        ("hold", 600, 4),
        ("floor", 59, 4),
        ("floor", 60, 9),
        ("step", 59, 4),
        ("step", 60, 5),
    ],
)
def test_when_all_is_unknown_the_policy_chooses_after_a_stated_time(
    unknown: Unknown, for_s: float, expected: int
) -> None:
    policy = replace(TWO, unknown=unknown, floor=9)
    dark = one.with_metric(one.read(4), np.nan, np.nan)
    assert one.count(policy, dark, one.past(unknown_since=NOW - for_s)) == expected


def test_a_step_comes_once_in_every_such_time() -> None:
    policy = replace(TWO, unknown="step")
    dark = one.with_metric(one.read(4), np.nan, np.nan)
    lately = one.past(unknown_since=NOW - 600, up_at=NOW - 10)
    assert one.count(policy, dark, lately) == 4


def test_a_floor_below_the_count_lowers_nothing() -> None:
    policy = replace(TWO, unknown="floor", floor=2)
    dark = one.with_metric(one.read(4), np.nan, np.nan)
    assert one.count(policy, dark, one.past(unknown_since=NOW - 600)) == 4


def test_how_long_all_has_been_unknown_is_remembered_and_forgotten() -> None:
    dark, light = one.with_metric(one.read(4), np.nan, np.nan), one.with_metric(one.read(4), 9, 9)
    first = one.decided(TWO, dark, now=NOW).history
    second = one.decided(TWO, dark, first, now=NOW + 10).history
    third = one.decided(TWO, light, second, now=NOW + 20).history
    assert (first.unknown_since[0], second.unknown_since[0]) == (NOW, NOW)
    assert np.isnan(third.unknown_since[0])


def test_a_service_without_a_signal_stays_and_nothing_is_missing() -> None:
    event = one.happened(Policy(maximum=9), one.read(4))
    assert (event.end, event.number("signals"), event.number("unknown")) == (4, 0, 0)
