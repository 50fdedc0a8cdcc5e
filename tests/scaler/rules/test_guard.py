from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaler.rules.guard import LEAST_HOPED, LEAST_SEEN, MOST, MOVES, limits

NONE = float("nan")


def limit(
    current: float = NONE,
    within_s: float = 2.0,
    ready: float = 3.0,
    holds: float = 20.0,
    seen: bool = True,
) -> float:
    now, within, running, rate = (np.array([each]) for each in (current, within_s, ready, holds))
    return float(limits(now, within, running, rate, np.array([seen]))[0])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 120.0),
        ({"holds": 20.1}, 121.0),
        ({"ready": 1.0, "holds": 0.3}, LEAST_SEEN),
        ({"ready": 4.0, "holds": 0.3}, 4 * LEAST_SEEN),
        ({"ready": 1.0, "holds": 0.3, "seen": False}, LEAST_HOPED),
        ({"seen": False}, 3 * LEAST_HOPED),
        ({"holds": 90.0, "seen": False}, 540.0),
        ({"ready": 0.0}, 40.0),
        ({"holds": 1e9}, MOST),
    ],
)
def test_it_is_what_the_ready_instances_work_off_in_the_time(
    changes: dict[str, float], expected: float
) -> None:
    assert limit(**changes) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("unknown", ["ready", "holds"])
@pytest.mark.parametrize("current", [NONE, 70.0])
def test_what_is_unknown_moves_nothing(unknown: str, current: float) -> None:
    found = limit(current, **{unknown: NONE})  # type: ignore[arg-type]
    np.testing.assert_equal(found, current)


@pytest.mark.parametrize("current", [NONE, 120.0])
def test_without_a_guard_there_is_no_limit(current: float) -> None:
    assert np.isnan(limit(current, within_s=NONE))


@pytest.mark.parametrize(
    ("current", "expected"), [(110.0, 110.0), (133.0, 133.0), (108.0, 120.0), (134.0, 120.0)]
)
def test_it_moves_only_by_more_than_a_tenth(current: float, expected: float) -> None:
    assert limit(current) == expected


counts = st.integers(0, 200).map(float)
rates = st.floats(0.01, 1e4)
times = st.integers(1, 3600).map(float)
currents = st.one_of(st.just(NONE), st.integers(1, 10**6).map(float))


@given(currents, times, counts, rates, st.booleans())
def test_it_lets_every_instance_work_and_is_settled_once_moved(
    current: float, within_s: float, ready: float, holds: float, seen: bool
) -> None:
    found = limit(current, within_s, ready, holds, seen)
    assert found == int(found)
    assert 1 <= found <= MOST
    assert found >= (1 - MOVES) * min(max(ready, 1.0), MOST)
    assert limit(found, within_s, ready, holds, seen) == found


@given(times, counts, counts, rates, st.booleans())
def test_more_instances_never_mean_fewer_requests(
    within_s: float, ready: float, more: float, holds: float, seen: bool
) -> None:
    few = limit(NONE, within_s, ready, holds, seen)
    assert limit(NONE, within_s, ready + more, holds, seen) >= few
