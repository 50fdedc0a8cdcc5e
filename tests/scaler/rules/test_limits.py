"""Override, bounds, placement and rollout: what stands above the signals."""

from __future__ import annotations

import numpy as np
import pytest

from scaler.rules.policies import Metric, Policy
from tests.scaler.rules import one
from tests.scaler.rules.one import NOW

POLICY = Policy(minimum=2, maximum=8, metrics=(Metric(10, total=True),))
SUSPENDED = {"override": 0.0, "override_until": np.inf}


def count(desired: float, value: float, **known: float) -> int:
    return one.count(POLICY, one.with_metric(one.read(desired, **known), value))


@pytest.mark.parametrize(
    ("override", "until", "expected"),
    [
        (6, NOW + 1, 6),
        (6, NOW, 4),
        (6, np.inf, 6),
        (1, NOW + 1, 2),
        (0, NOW + 1, 2),
        (99, NOW + 1, 8),
    ],
)
def test_a_count_by_hand_holds_inside_the_bounds_until_it_ends(
    override: float, until: float, expected: int
) -> None:
    assert count(4, 40, override=override, override_until=until) == expected


def test_a_suspension_is_above_the_minimum() -> None:
    assert count(4, 900, **SUSPENDED) == 0


def test_a_suspension_is_above_a_release_that_rolls() -> None:
    assert count(4, 900, rolling=1, **SUSPENDED) == 0


def test_a_count_of_zero_without_a_suspension_is_lifted_by_the_minimum() -> None:
    assert count(0, 0) == 2


@pytest.mark.parametrize(("desired", "value", "expected"), [(1, np.nan, 2), (12, np.nan, 8)])
def test_bounds_hold_at_once_and_on_unknown_readings(
    desired: float, value: float, expected: int
) -> None:
    assert count(desired, value) == expected


@pytest.mark.parametrize(("value", "expected"), [(70, 4), (20, 2)])
def test_no_more_while_the_cluster_can_not_place_what_was_asked_for(
    value: float, expected: int
) -> None:
    policy = Policy(minimum=2, maximum=8, metrics=POLICY.metrics, kind="worker")
    past = one.past()
    seen = one.with_metric(one.read(4, unplaced=1), value)
    assert one.count(policy, seen, past) == expected


def test_while_a_release_rolls_another_count_is_held_and_still_shown() -> None:
    decision = one.decided(POLICY, one.with_metric(one.read(4, rolling=1), 70))
    assert (decision.count[0], decision.counts[0, -2]) == (4, 7)
