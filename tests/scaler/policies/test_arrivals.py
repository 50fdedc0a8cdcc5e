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


def test_under_overload_what_stays_open_arrived_too() -> None:
    past, _ = estimated(nothing(1), edge(80, connections=8), 10.0)
    late = edge(80, p95_s=3.0, mean_s=2.0, connections=408)
    past, _ = estimated(past, late, 20.0)
    assert past.last.tolist() == [120.0]


def test_a_queue_that_is_worked_off_is_no_demand() -> None:
    past, _ = estimated(nothing(1), edge(80, p95_s=3.0, connections=408), 10.0)
    past, _ = estimated(past, edge(80, p95_s=3.0, connections=8), 20.0)
    assert past.last.tolist() == [40.0]


def test_the_growth_of_what_is_open_is_spread_over_a_lost_reading() -> None:
    past, _ = estimated(nothing(1), edge(80, connections=8), 10.0)
    past, _ = estimated(past, unknown(1), 20.0)
    past, _ = estimated(past, edge(80, p95_s=3.0, mean_s=2.0, connections=408), 30.0)
    assert past.last.tolist() == [100.0]


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
