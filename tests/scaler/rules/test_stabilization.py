from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scaler.rules.history import History, proposed
from scaler.rules.policies import Behaviour, Metric, Policy
from tests.scaler.rules import one
from tests.scaler.rules.one import NOW

SLOW = Policy(
    minimum=1,
    maximum=50,
    metrics=(Metric(10, total=True),),
    up=Behaviour(window_s=30),
    down=Behaviour(window_s=300),
)


def proposals(*aged: tuple[float, float]) -> History:
    """(age, count) of each past evaluation."""
    history = one.past()
    for age_s, count in aged:
        history = proposed(history, np.array([count]), NOW - age_s)
    return history


@pytest.mark.parametrize(
    ("before", "value", "expected"),
    [
        ([(10.0, 4.0)], 90, 4),
        ([(31.0, 4.0), (20.0, 7.0)], 90, 7),
        ([(299.0, 4.0)], 10, 4),
        ([(299.0, 3.0), (10.0, 2.0)], 10, 3),
        ([(301.0, 4.0)], 10, 1),
        ([], 90, 9),
    ],
)
def test_up_to_the_lowest_and_down_to_the_highest_of_the_window(
    before: list[tuple[float, float]], value: float, expected: int
) -> None:
    assert one.count(SLOW, one.with_metric(one.read(4), value), proposals(*before)) == expected


def test_it_says_for_how_long_the_proposals_have_agreed() -> None:
    past = proposals((40, 9), (30, 4), (20, 7), (10, 8))
    assert one.happened(SLOW, one.with_metric(one.read(4), 90), past).number("agreed_s") == 20


def test_a_proposal_is_remembered_before_it_is_stabilized() -> None:
    after = one.decided(SLOW, one.with_metric(one.read(4), 90), proposals((10, 4))).history
    assert after.proposals[0, after.at == NOW] == [9]


def test_the_oldest_evaluation_is_forgotten_first() -> None:
    history = proposals(*[(1000.0 - age, 5.0) for age in range(100)])
    assert np.nanmin(history.at) == NOW - 1000 + 100 - len(history.at)


def test_an_unknown_reading_counts_as_staying() -> None:
    dark = one.with_metric(one.read(4), np.nan)
    after = one.decided(replace(SLOW), dark).history
    assert after.proposals[0, after.at == NOW] == [4]


TWO = replace(SLOW, metrics=(Metric(10), Metric(10)), interval_s=10)


@pytest.mark.parametrize(
    ("silent_s", "readings", "expected"),
    [
        (10, (np.nan, 20), np.nan),
        (30, (np.nan, 20), np.nan),
        (31, (np.nan, 20), 4),
        (10, (np.nan, 90), 9),
        (10, (20, 20), 2),
    ],
)
def test_a_missing_reading_says_nothing_until_it_is_missing_for_long(
    silent_s: float, readings: tuple[float, float], expected: float
) -> None:
    seen = one.with_metric(one.read(4), *(value / 4 for value in readings))
    decision = one.decided(TWO, seen, proposals((silent_s, 3)))
    assert np.array_equal(decision.proposal, [expected], equal_nan=True)
    assert np.array_equal(
        decision.history.proposals[0, decision.history.at == NOW], [expected], equal_nan=True
    )
