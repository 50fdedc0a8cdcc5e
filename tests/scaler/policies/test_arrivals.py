from __future__ import annotations

import numpy as np
import pytest

from scaler.policies.arrivals import estimated, nothing
from tests.scaler.policies.seen import edge, unknown


def test_what_completes_arrives_while_nobody_waits() -> None:
    past, _ = estimated(nothing(1), edge(50), 10.0)
    past, known = estimated(past, edge(55), 20.0)
    assert past.last.tolist() == [55.0]
    assert known.tolist() == [True]


def test_while_requests_take_longer_and_longer_more_come_than_end() -> None:
    past, _ = estimated(nothing(1), edge(80, connections=8), 10.0)
    late = edge(80, p95_s=3.0, mean_s=5.1, connections=5000)
    past, _ = estimated(past, late, 20.0)
    assert past.last.tolist() == pytest.approx([160.0])


def test_no_more_came_than_is_open() -> None:
    past, _ = estimated(nothing(1), edge(80, connections=8), 10.0)
    late = edge(80, p95_s=3.0, mean_s=5.1, connections=408)
    past, _ = estimated(past, late, 20.0)
    assert past.last.tolist() == pytest.approx([120.0])
    assert past.in_flight.tolist() == [408.0]


def test_a_queue_that_is_worked_off_is_no_demand() -> None:
    past, _ = estimated(nothing(1), edge(80, p95_s=8.0, mean_s=6.0, connections=500), 10.0)
    past, _ = estimated(past, edge(80, p95_s=3.0, mean_s=1.0, connections=100), 20.0)
    assert past.last[0] < 80.0
    assert past.in_flight.tolist() == [100.0]


def test_the_growth_of_durations_is_spread_over_a_lost_reading() -> None:
    past, _ = estimated(nothing(1), edge(80, connections=8), 10.0)
    past, _ = estimated(past, unknown(1), 20.0)
    past, _ = estimated(past, edge(80, p95_s=8.0, mean_s=10.1, connections=5000), 30.0)
    assert past.last.tolist() == pytest.approx([160.0])


def test_what_hangs_is_unknown_and_not_idle() -> None:
    past, _ = estimated(nothing(1), edge(2, mean_s=15.0, p95_s=20.0, connections=30), 10.0)
    past, known = estimated(past, edge(0, mean_s=np.nan, p95_s=np.nan, connections=30), 20.0)
    assert known.tolist() == [False]
    assert past.last.tolist() == [2.0]


def test_what_found_no_instance_came_too() -> None:
    past, _ = estimated(nothing(1), edge(80, fallback=40), 10.0)
    assert past.last.tolist() == [120.0]


def test_readings_without_a_request_are_counted_until_one_comes() -> None:
    past = nothing(1)
    for place, rate in enumerate((0, 0)):
        past, _ = estimated(past, edge(rate, mean_s=np.nan, p95_s=np.nan), 10.0 * place)
    after_two = past.idle.tolist()
    past, _ = estimated(past, unknown(1), 20.0)
    after_an_unknown_one = past.idle.tolist()
    past, _ = estimated(past, edge(0, fallback=1), 30.0)
    assert (after_two, after_an_unknown_one, past.idle.tolist()) == ([2.0], [2.0], [0.0])


@pytest.mark.parametrize(("rates", "expected"), [((50, 60), 70.0), ((60, 50), 50.0)])
def test_an_unknown_reading_is_the_last_one_with_its_growth(
    rates: tuple[int, int], expected: float
) -> None:
    past = nothing(1)
    for place, rate in enumerate(rates):
        past, _ = estimated(past, edge(rate), 10.0 * place)
    past, known = estimated(past, unknown(1), 20.0)
    assert past.last.tolist() == [expected]
    assert known.tolist() == [False]


def test_growth_is_not_carried_on_for_ever() -> None:
    past = nothing(1)
    for place, rate in enumerate((50, 60)):
        past, _ = estimated(past, edge(rate), 10.0 * place)
    for place in range(2, 10):
        past, _ = estimated(past, unknown(1), 10.0 * place)
    assert past.last.tolist() == [80.0]


def test_a_known_zero_is_zero() -> None:
    past, known = estimated(nothing(1), edge(0, mean_s=np.nan, p95_s=np.nan, connections=0), 10.0)
    assert past.last.tolist() == [0.0]
    assert known.tolist() == [True]


def test_what_was_never_seen_is_unknown() -> None:
    past, _ = estimated(nothing(1), unknown(1), 10.0)
    assert np.isnan(past.last).all()
