"""Configured as other autoscalers are, the rules answer as they do."""

from __future__ import annotations

import numpy as np
import pytest

from scaler.rules.decide import decide
from scaler.rules.policies import compiled
from scaler.rules.rate import changed_within
from scaler.rules.steps import walked
from tests.scaler.rules import peers
from tests.scaler.rules.peers import NOW, Case

EVERY = (*peers.RATIOS, "limits_and_rate", "scale_event_window_sum", "stabilization")


def of(*families: str) -> pytest.MarkDecorator:
    found = peers.cases(*families)
    return pytest.mark.parametrize("case", found, ids=[case["id"] for case in found])


@of(*peers.RATIOS)
def test_a_ratio_gives_the_peers_count(case: Case) -> None:
    given = peers.situation(case)
    decision = decide(compiled([given.policy]), given.observation, given.history, NOW)
    assert decision.count[0] == case["expected"]


@of("limits_and_rate")
def test_rates_and_bounds_give_the_peers_count(case: Case) -> None:
    assert _after(case, ("rate", "bounds")) == case["expected"]


@of("stabilization")
def test_a_window_gives_the_peers_count(case: Case) -> None:
    assert _after(case, ("stabilization",)) == case["expected"]


@of("scale_event_window_sum")
def test_the_changes_of_a_period_sum_up_as_the_peers_do(case: Case) -> None:
    events = case["history"]["scale_events"]
    age = np.array([[float(event["age_s"]) for event in events]])
    change = np.array([[float(event["change"]) for event in events]])
    added, removed = changed_within(age, change, np.array([[float(case["window_s"])]]))
    assert added[0, 0] - removed[0, 0] == case["expected"]


def test_every_family_has_cases() -> None:
    found = {case["family"] for case in peers.cases(*EVERY)}
    assert found
    assert found <= set(EVERY)


def _after(case: Case, names: tuple[str, ...]) -> int:
    """The count after these steps, from the count that the case says is wanted."""
    given = peers.situation({**case, "metric": None, "target": None})
    policies = compiled([given.policy])
    numbers = dict(decide(policies, given.observation, given.history, NOW).numbers)
    *_, last = walked(numbers, names, np.array([float(case["desired_raw"])]))
    return int(last[0])
