from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scaler.rules.policies import Metric, Policy
from tests.scaler.rules import one

FAST = Policy(minimum=0, maximum=50, metrics=(Metric(50),))
FAST = replace(FAST, down=replace(FAST.down, window_s=0.0))


@pytest.mark.parametrize(
    ("desired", "ready", "value", "expected"),
    [
        (4, 4, 75, 6),
        (4, 4, 25, 2),
        (4, 2, 75, 4),
        (4, 2, 150, 6),
        (4, 2, 25, 3),
        (4, 0, 25, 4),
        (4, np.nan, 500, 4),
        (0, 0, 120, 3),
    ],
)
def test_instances_that_are_not_ready_are_idle_on_the_way_up_and_busy_on_the_way_down(
    desired: float, ready: float, value: float, expected: int
) -> None:
    assert one.count(FAST, one.with_metric(one.read(desired, ready=ready), value)) == expected


def test_a_total_needs_no_ready_instances() -> None:
    policy = replace(FAST, metrics=(Metric(50, total=True),))
    assert one.count(policy, one.with_metric(one.read(2, ready=np.nan), 240)) == 5


def test_a_proposal_inside_its_dead_band_does_not_hide_another_one() -> None:
    policy = replace(FAST, metrics=(Metric(50), Metric(10, total=True)))
    assert one.count(policy, one.with_metric(one.read(30), 52, 338)) == 34
    assert one.count(policy, one.with_metric(one.read(30), 52, 308)) == 30
