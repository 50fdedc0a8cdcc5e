from __future__ import annotations

import numpy as np
import pytest

from scaler.policies import forecasts
from scaler.policies.experts import FORECASTS
from scaler.policies.readings import Floats

NAMES = [name for name, _ in FORECASTS]
LAG = np.array([4])
LEAST = np.array([8.0])
TICKS_A_DAY = 8640


def after(rates: Floats) -> tuple[forecasts.Past, Floats]:
    """The past after these rates, one a tick, and the forecasts made at its end."""
    past, known = forecasts.none(1), np.array([True])
    for place, rate in enumerate(rates):
        tick, now, seen = place + 1, 10.0 * (place + 1), np.array([place + 1.0])
        past = forecasts.observed(past, np.array([rate]), known, seen, now)
        past = forecasts.judged(past, np.array([rate]), known, LAG, tick, LEAST, seen)
        made = forecasts.forecasts(past, LAG, now)
        past.promised[tick % len(past.promised)] = made
    return past, made


def test_what_stays_the_same_is_forecast_by_all() -> None:
    _, made = after(np.full(60, 200.0))
    assert made[0].tolist() == pytest.approx([200.0] * len(FORECASTS))


def test_a_ramp_is_carried_on() -> None:
    _, made = after(np.linspace(0.0, 590.0, 60))
    assert made[0, NAMES.index("last")] == 590.0
    assert made[0, NAMES.index("steep")] == pytest.approx(625.0)
    assert made[0, NAMES.index("steady")] == pytest.approx(625.0)


def test_a_fall_ends_at_zero() -> None:
    _, made = after(np.linspace(300.0, 0.0, 31))
    assert (made >= 0).all()


@pytest.mark.full
def test_what_happened_at_this_time_yesterday_is_expected_again() -> None:
    day = np.full(TICKS_A_DAY, 100.0)
    day[4320:] = 300.0
    _, made = after(np.concatenate([day, day[:4319]]))
    assert made[0, NAMES.index("last")] == 100.0
    assert made[0, NAMES.index("daily")] > 110.0


def test_before_the_second_day_nothing_is_expected_of_yesterday() -> None:
    _, made = after(np.full(400, 100.0))
    assert made[0, NAMES.index("daily")] == pytest.approx(100.0)


def test_a_gap_leaves_each_mean_at_its_own_time_of_the_day() -> None:
    past, known = forecasts.none(1), np.array([True])
    for slot in (5, 20, 21, 22):
        came = np.array([float(slot)])
        past = forecasts.observed(past, came, known, np.ones(1), (slot + 1.0) * forecasts.SLOT_S)
    filed = np.flatnonzero(~np.isnan(past.day[0]))
    assert {int(slot): past.day[0, slot] for slot in filed} == {5: 5.0, 20: 20.0}


def test_the_error_is_that_of_forecasts_a_start_up_ago() -> None:
    noise = np.random.default_rng(1).normal(0.0, 30.0, 2000)
    past, made = after(400.0 + noise)
    error = forecasts.error_of(past, made, LEAST)
    assert error[0, NAMES.index("last")] == pytest.approx(30.0 * 2**0.5, rel=0.15)
    assert error[0, NAMES.index("mean")] == pytest.approx(30.0, rel=0.15)


def test_an_unknown_reading_teaches_no_error() -> None:
    past, _ = after(np.full(100, 200.0))
    unknown = np.array([False])
    later = forecasts.judged(past, np.array([900.0]), unknown, LAG, 101, LEAST, np.array([100.0]))
    assert (later.spread == past.spread).all()
