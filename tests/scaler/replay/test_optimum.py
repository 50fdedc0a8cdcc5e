"""The clairvoyant optimum: exact beside brute force, and what the model makes of its schedule."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaler.replay import optimum_kernel
from scaler.replay.optimum import cheapest, cost_in_model, taken_for_late
from scaler.replay.seen import Floats
from scaler.replay.settings import WebSettings

COSTS = st.integers(1, 3).flatmap(
    lambda counts: st.lists(
        st.lists(st.integers(0, 60), min_size=counts, max_size=counts), min_size=1, max_size=6
    )
)


SETTINGS = WebSettings()
SMALL = WebSettings(maximum=4)
WITHIN = 5e-4


def brute_force(costs: Sequence[Sequence[float]], startup: int, drain: int) -> float:
    """The least cost of all schedules, one by one."""

    def cost(schedule: tuple[int, ...]) -> float:
        ways = ((b - a) * startup if b > a else (a - b) * drain for a, b in pairwise(schedule))
        return sum(costs[second][place] for second, place in enumerate(schedule)) + sum(ways)

    return min(map(cost, product(range(len(costs[0])), repeat=len(costs))))


@settings(max_examples=300, deadline=None)
@given(COSTS, st.integers(0, 40), st.integers(0, 20))
def test_no_schedule_is_cheaper_and_its_own_costs_as_much(
    costs: list[list[int]], startup: int, drain: int
) -> None:
    table = np.array(costs, np.float64)
    best, came_from = np.zeros(table.shape[1]), np.zeros(table.shape, np.uint8)
    optimum_kernel.forward(table, best, came_from, startup, drain, True)
    places = optimum_kernel.backward(came_from, int(best.argmin()))
    steps = np.diff(places)
    paid = table[np.arange(len(table)), places].sum()
    paid += startup * steps[steps > 0].sum() - drain * steps[steps < 0].sum()

    assert best.min() == brute_force(costs, startup, drain) == paid


def waiting(rate: float, count: int) -> float:
    """The probability to wait with so many instances, by the sum in Erlang's formula."""
    load, servers = rate * SMALL.service_s, count * SMALL.slots
    terms = [load**k / math.factorial(k) for k in range(servers)]
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    return last / (sum(terms) + last)


def late_by_hand(arrived: int, rate: float, count: int, *, over_rates: bool) -> float:
    """The late requests of a second."""
    capacity = count * SMALL.rate
    if rate >= capacity or (arrived >= capacity and not over_rates):
        return arrived
    return arrived * waiting(rate, count) * math.exp((rate - capacity) * SMALL.late_s)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 320), st.integers(0, 320)), min_size=1, max_size=5),
    st.integers(0, 90),
    st.sampled_from([0.1, 0.2, 0.5]),
    st.booleans(),
)
def test_no_schedule_over_these_arrivals_is_cheaper(
    seconds: list[tuple[int, int]], startup: int, price: float, over_rates: bool
) -> None:
    costs = [
        [
            count + price * late_by_hand(arrived, rate, count, over_rates=over_rates)
            for count in range(1, SMALL.maximum + 1)
        ]
        for arrived, rate in seconds
    ]
    arrivals, rates = np.array(seconds, np.float64).T
    best = cheapest(arrivals, rates, startup, price, SMALL, over_rates=over_rates)

    # The model looks Erlang's formula up in a table of a thousand steps.
    assert best.cost == pytest.approx(brute_force(costs, startup, SMALL.drain_s), rel=1e-4)


def drawn() -> tuple[Floats, Floats]:
    """Six hours that rise and fall, a rate a minute: arrivals and rates."""
    seconds = np.arange(6 * 3600)
    rates = np.repeat((1500 - 1400 * np.cos(seconds / 3600))[::60], 60)
    return np.random.default_rng(1).poisson(rates).astype(np.float64), rates


@pytest.mark.parametrize("startup_s", [10, 30, 90])
def test_its_schedule_in_the_model_costs_the_same_but_for_the_seconds_it_takes_for_late(
    startup_s: int,
) -> None:
    arrivals, rates = drawn()
    best = cheapest(arrivals, rates, startup_s, 0.2, SETTINGS)
    again = cost_in_model(arrivals, rates, best.ready, startup_s, 0.2, SETTINGS)
    taken = 0.2 * taken_for_late(arrivals, rates, best.ready, SETTINGS)

    assert again <= best.cost * (1 + WITHIN)
    assert again + taken == pytest.approx(best.cost, rel=WITHIN)
    assert len(set(best.ready)) > 10


@pytest.mark.parametrize("startup_s", [10, 30, 90])
def test_over_the_rates_its_schedule_in_the_model_costs_the_same(startup_s: int) -> None:
    arrivals, rates = drawn()
    best = cheapest(arrivals, rates, startup_s, 0.2, SETTINGS, over_rates=True)
    again = cost_in_model(arrivals, rates, best.ready, startup_s, 0.2, SETTINGS)

    assert again == pytest.approx(best.cost, rel=WITHIN)


def test_the_arrivals_of_every_second_need_more_than_the_rates() -> None:
    arrivals, rates = drawn()
    costs = [
        cheapest(arrivals, rates, 30, 0.2, SETTINGS, over_rates=over_rates).cost
        for over_rates in (True, False)
    ]

    assert costs[0] < costs[1] < 1.1 * costs[0]
