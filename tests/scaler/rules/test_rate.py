from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scaler.rules.history import History, changed
from scaler.rules.policies import Behaviour, Metric, Policy, Rate, Select
from tests.scaler.rules import one
from tests.scaler.rules.one import NOW

STEADY = Policy(minimum=0, maximum=5000, metrics=(Metric(1, total=True),))


def after(*aged: tuple[float, float]) -> History:
    """(age, signed change) of each past change."""
    history = one.past()
    for age_s, change in aged:
        history = changed(history, np.array([0]), np.array([change]), NOW - age_s)
    return history


@pytest.mark.parametrize(("select", "expected"), [("max", 20), ("min", 12), ("disabled", 10)])
def test_select_picks_one_of_the_limits_or_forbids_the_direction(
    select: Select, expected: int
) -> None:
    up = Behaviour(0, (Rate(2, 60), Rate(100, 60, percent=True)), select)
    policy = replace(STEADY, up=up)
    assert one.count(policy, one.with_metric(one.read(10), 900)) == expected


def test_the_base_is_the_count_at_the_start_of_the_period() -> None:
    policy = replace(STEADY, up=Behaviour(0, (Rate(8, 60),)))
    seen = one.with_metric(one.read(10), 900)
    assert one.count(policy, seen, after((90, 3), (59, 4), (30, -1), (10, 2))) == 10 - 6 + 1 + 8


def test_what_the_rate_has_used_up_holds_and_never_turns_around() -> None:
    policy = replace(STEADY, up=Behaviour(0, (Rate(4, 60),)))
    assert one.count(policy, one.with_metric(one.read(10), 900), after((30, 9))) == 10


def test_without_rates_there_is_no_limit() -> None:
    policy = replace(STEADY, up=Behaviour(0))
    assert one.count(policy, one.with_metric(one.read(10), 900)) == 900


def test_the_oldest_change_is_forgotten_first() -> None:
    history = after(*[(100.0 - place, 1.0) for place in range(20)])
    assert np.nanmin(history.changed_at) == NOW - 100 + 20 - history.changed_at.shape[1]
