"""The elasticity figures on series short enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bench.scaling.elasticity import elasticity


def test_what_is_missing_and_too_much_counts_by_the_demand() -> None:
    found = elasticity(np.array([4, 4, 2, 2]), np.array([2, 4, 3, 2]))

    assert found.under_accuracy == pytest.approx(0.5 / 4)
    assert found.over_accuracy == pytest.approx(0.5 / 4)
    assert (found.under_time, found.over_time) == (0.25, 0.25)


def test_who_follows_exactly_is_stable_and_who_moves_alone_is_not() -> None:
    demand = np.repeat([1, 2, 3, 3], 6)

    assert elasticity(demand, demand).instability == 0.0
    assert elasticity(demand, np.repeat([1, 1, 1, 2], 6)).instability == 1.0
