from __future__ import annotations

import numpy as np
import pytest

from scaler.rules.history import acknowledged, changed
from scaler.rules.policies import Behaviour, Metric, Policy
from tests.scaler.rules import one
from tests.scaler.rules.one import NOW

COOLS = Policy(
    minimum=1,
    maximum=50,
    metrics=(Metric(10, total=True),),
    up=Behaviour(0, cooldown_s=30),
    down=Behaviour(0, cooldown_s=120),
)


@pytest.mark.parametrize(
    ("change", "age_s", "value", "expected"),
    [
        (1, 29, 90, 4),
        (1, 30, 90, 9),
        (1, 29, 10, 1),
        (-1, 119, 10, 4),
        (-1, 120, 10, 1),
        (-1, 119, 90, 9),
    ],
)
def test_each_direction_cools_down_by_itself(
    change: float, age_s: float, value: float, expected: int
) -> None:
    history = changed(one.past(), np.array([0]), np.array([float(change)]), NOW - age_s)
    assert one.count(COOLS, one.with_metric(one.read(4), value), history) == expected


def test_it_begins_at_the_acknowledgement() -> None:
    service, change = np.array([0]), np.array([1.0])
    history = changed(one.past(), service, change, NOW - 40)
    history = acknowledged(history, service, change, NOW - 20)
    assert one.count(COOLS, one.with_metric(one.read(4), 90), history) == 4
