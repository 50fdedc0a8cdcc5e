from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaler.sources.histogram import quantile

BOUNDS = np.array([0.1, 0.2, 0.5, np.inf])


@pytest.mark.parametrize(
    ("buckets", "share", "seconds"),
    [
        ([100, 100, 100, 100], 0.5, 0.05),
        ([0, 100, 100, 100], 0.95, 0.195),
        ([50, 100, 100, 100], 0.95, 0.19),
        ([0, 0, 0, 10], 0.95, 0.5),
        ([90, 90, 90, 100], 0.95, 0.5),
        ([0, 0, 0, 0], 0.95, np.nan),
    ],
)
def test_a_quantile_lies_inside_its_bucket(
    buckets: list[float], share: float, seconds: float
) -> None:
    found = quantile(share, BOUNDS, np.array([buckets], dtype=float))
    assert found[0] == pytest.approx(seconds, nan_ok=True)


def test_without_a_bound_a_quantile_is_unknown_not_zero() -> None:
    assert np.isnan(quantile(0.95, np.array([np.inf]), np.array([[10.0]]))).all()


@given(st.lists(st.floats(0, 0.5), min_size=1, max_size=50), st.sampled_from([0.5, 0.95, 0.99]))
def test_a_quantile_is_not_off_by_more_than_its_bucket(seconds: list[float], share: float) -> None:
    buckets = np.array([[sum(each <= bound for each in seconds) for bound in BOUNDS]], dtype=float)
    exact = sorted(seconds)[int(np.ceil(share * len(seconds))) - 1]
    found = quantile(share, BOUNDS, buckets)[0]

    place = int(np.searchsorted(BOUNDS, exact))
    lower = BOUNDS[place - 1] if place else 0.0
    assert lower <= found <= BOUNDS[place]
