from __future__ import annotations

import numpy as np
import pytest

from scaler.rules.growth import FIRST, QUIETEST, growth, noise_of

NONE = np.nan


def grows(*rates: float, every_s: float = 5.0, noise: float = QUIETEST) -> float:
    at = np.array([[place * every_s for place in range(len(rates))]])
    return float(growth(at, np.array([rates]), np.array([noise]))[0])


def test_a_steep_ramp_counts_in_full() -> None:
    assert grows(NONE, 30, 48, 74) == pytest.approx(44 / 10, rel=0.2)


def test_what_falls_does_not_grow() -> None:
    assert grows(NONE, 74, 48, 30) == 0


def test_noise_is_no_growth() -> None:
    assert grows(100, 98, 101, 104) == 0


def test_one_reading_that_fell_is_no_trend() -> None:
    assert grows(200, 200, 120, 205) < 1.5


def test_a_loud_service_needs_more_to_count() -> None:
    assert grows(100, 100, 115, 130, noise=0.15) < grows(100, 100, 115, 130)


def test_the_first_readings_are_no_growth() -> None:
    assert grows(NONE, NONE, NONE, 200) == 0


def test_what_is_long_ago_says_nothing() -> None:
    assert grows(10, 10, 10, 500, every_s=120) == 0


def test_noise_is_learned_from_readings_off_a_line() -> None:
    steady, loud = np.array([FIRST]), np.array([FIRST])
    random = np.random.default_rng(7)
    rates = 100 * np.exp(random.normal(0, 0.2, 200))
    for place in range(3, 200):
        steady = noise_of(steady, np.array([[100.0, 100.0, 100.0]]), np.array([True]))
        loud = noise_of(loud, rates[np.newaxis, place - 3 : place], np.array([True]))
    assert steady[0] == QUIETEST
    assert 0.1 < loud[0] < 0.3
