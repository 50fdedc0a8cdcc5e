from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scaler.rules.arrivals import arrivals, is_new
from scaler.rules.history import READINGS, History
from scaler.rules.observation import Observation
from tests.scaler.rules import one
from tests.scaler.rules.one import NOW

TARGET_S = np.array([0.2])


def after(mean_s: float, age_s: float = 10.0) -> History:
    empty = np.full((1, READINGS), np.nan)
    at, before = empty.copy(), empty.copy()
    at[0, -1], before[0, -1] = NOW - age_s, mean_s
    return replace(one.past(), seen_at=at, mean_s=before, arrivals=np.full((1, READINGS), 79.0))


def estimated(observation: Observation, history: History) -> float:
    return float(arrivals(observation, history, TARGET_S, NOW)[0])


def test_a_steady_duration_leaves_what_completed() -> None:
    assert estimated(one.web(1, rate=50, mean_s=0.1), after(0.1)) == 50


def test_a_growing_duration_shows_what_the_edge_has_not_counted_yet() -> None:
    assert estimated(one.web(1, rate=79, mean_s=4.2, p95_s=5), after(1.0)) == pytest.approx(
        79 / (1 - 0.32)
    )


def test_the_slope_is_cut() -> None:
    assert estimated(one.web(1, rate=10, mean_s=60, p95_s=60), after(0.1)) == pytest.approx(200)


def test_what_is_open_bounds_the_estimate() -> None:
    slow = one.web(1, rate=10, mean_s=60, p95_s=60, open=30)
    assert estimated(slow, after(0.1)) == pytest.approx(10 + 30 / 10)


def test_a_backlog_that_is_worked_off_is_no_demand() -> None:
    assert estimated(one.web(1, rate=150, mean_s=2, p95_s=3), after(7)) == pytest.approx(100)


def test_a_falling_duration_under_the_target_leaves_what_completed() -> None:
    assert estimated(one.web(1, rate=50, mean_s=0.1), after(5)) == 50


def test_the_fallbacks_requests_are_demand() -> None:
    assert estimated(one.web(1, rate=50, fallback=20), after(0.1)) == 70


def test_the_fallback_alone_is_demand_when_the_service_has_vanished() -> None:
    gone = one.web(1, rate=np.nan, mean_s=np.nan, p95_s=np.nan, fallback=300)
    assert estimated(gone, after(9)) == 300


def test_a_service_that_completes_nothing_while_requests_hang_is_unknown() -> None:
    hangs = one.web(1, rate=0, mean_s=np.nan, p95_s=np.nan)
    assert np.isnan(estimated(hangs, after(25)))


def test_no_requests_at_all_is_a_known_zero() -> None:
    assert estimated(one.web(1, rate=0, mean_s=np.nan, p95_s=np.nan), after(0.1)) == 0


def test_an_unknown_rate_is_unknown() -> None:
    assert np.isnan(estimated(one.web(1, rate=np.nan), after(0.1)))


def test_a_long_silence_gives_no_slope() -> None:
    assert estimated(one.web(1, rate=50, mean_s=9, p95_s=9), after(0.1, age_s=300)) == 50


def test_the_same_reading_twice_is_not_a_new_one() -> None:
    assert not is_new(one.web(1, edge_age_s=10), after(0.1), NOW)[0]
    assert is_new(one.web(1, edge_age_s=0), after(0.1), NOW)[0]
