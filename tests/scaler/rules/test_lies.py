"""A source that lies for as long as it likes takes no instance away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scaler.rules.decide import decide
from scaler.rules.history import nothing_remembered, proposed
from scaler.rules.observation import Observation
from scaler.rules.policies import Metric, Policy, compiled
from tests.scaler.rules import one
from tests.scaler.rules.one import WEB, WORKER

LIES = {"NaN": np.nan, "negative": -5.0, "infinite": np.inf, "huge": 1e300}
USED = Policy(minimum=1, maximum=20, metrics=(Metric(50),))
WEB_READINGS = ("rate", "mean_s", "p95_s", "fallback", "ready")
WORKER_READINGS = ("waiting", "busy", "service_s", "oldest_s")


def followed(policy: Policy, seen: Observation, evaluations: int = 60) -> int:
    """The lowest count over ten minutes of the same readings, from 5 on."""
    history = replace(nothing_remembered(1), capacity=one.holding(30.0))
    history = proposed(history, np.array([5.0]), 0.0)
    rules, count = compiled([policy]), 5
    for tick in range(1, evaluations):
        decision = decide(rules, seen, history, tick * 10.0)
        history, count = decision.history, min(count, int(decision.count[0]))
    return count


def quiet_worker() -> Observation:
    return one.worker(5, waiting=1, busy=1)


def lying(seen: Observation, name: str, lie: float) -> Observation:
    columns = {name: np.full_like(getattr(seen, name), lie)}
    return replace(seen, **columns)


def test_honest_readings_of_a_quiet_service_take_instances_away() -> None:
    assert followed(WEB, one.web(5)) == 1
    assert followed(WORKER, quiet_worker()) == 1
    assert followed(USED, one.with_metric(one.read(5), 5)) == 1


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
@pytest.mark.parametrize("name", WEB_READINGS)
def test_a_lying_edge_takes_none(name: str, lie: float) -> None:
    assert followed(WEB, lying(one.web(5), name, lie)) == 5


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
@pytest.mark.parametrize("name", WORKER_READINGS)
def test_a_lying_queue_takes_none(name: str, lie: float) -> None:
    assert followed(WORKER, lying(quiet_worker(), name, lie)) == 5


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_lying_metric_takes_none(lie: float) -> None:
    assert followed(USED, one.with_metric(one.read(5), lie)) == 5


@pytest.mark.parametrize(
    ("policy", "seen"),
    [
        (WEB, one.web(5, edge_age_s=31)),
        (WEB, one.web(5, ready_age_s=31)),
        (WORKER, one.worker(5, queue_age_s=31)),
        (USED, one.with_metric(one.read(5), 5, age_s=61)),
    ],
)
def test_a_stale_source_takes_none(policy: Policy, seen: Observation) -> None:
    assert followed(policy, seen) == 5


@pytest.mark.parametrize("policy", [WEB, WORKER])
def test_an_empty_source_takes_none(policy: Policy) -> None:
    assert followed(policy, one.read(5)) == 5


def test_one_huge_reading_does_not_make_an_instance_look_larger() -> None:
    rules = compiled([WEB])
    history = replace(nothing_remembered(1), capacity=one.holding(30.0))
    history = proposed(history, np.array([5.0]), 0.0)
    counts = []
    for tick in range(1, 60):
        rate = 1e8 if tick == 5 else 140.0
        decision = decide(rules, one.web(5, rate=rate), history, tick * 10.0)
        history = decision.history
        counts.append(int(decision.count[0]))
    assert min(counts) == 5
