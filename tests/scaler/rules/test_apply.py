from __future__ import annotations

import pytest

from scaler.rules.apply import to_store
from scaler.rules.policies import Metric, Policy
from tests.scaler.rules import one

POLICY = Policy(minimum=1, maximum=9, metrics=(Metric(10, total=True),))


@pytest.mark.parametrize(("ready", "value", "stored"), [(1, 40, False), (4, 70, True)])
def test_a_count_is_stored_where_it_differs_from_desired_not_from_what_runs(
    ready: float, value: float, stored: bool
) -> None:
    decision = one.decided(POLICY, one.with_metric(one.read(4, ready=ready), value))
    assert to_store(decision)[0] == stored
