"""The clairvoyant optimum: exact beside brute force, and what the model makes of its schedule."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaler.replay import optimum_kernel
from scaler.replay.optimum import cheapest, cost_in_model
from scaler.replay.settings import WebSettings

COSTS = st.integers(1, 3).flatmap(
    lambda counts: st.lists(
        st.lists(st.integers(0, 60), min_size=counts, max_size=counts), min_size=1, max_size=6
    )
)


def brute_force(costs: list[list[int]], startup: int, drain: int) -> float:
    """The least cost of all schedules, one by one."""

    def cost(schedule: tuple[int, ...]) -> int:
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


@pytest.mark.parametrize("startup_s", [10, 30, 90])
def test_its_schedule_in_the_model_costs_the_same_within_a_twentieth_of_a_percent(
    startup_s: int,
) -> None:
    seconds = np.arange(6 * 3600)
    rates = np.repeat((1500 - 1400 * np.cos(seconds / 3600))[::60], 60)
    arrivals = np.random.default_rng(1).poisson(rates).astype(np.float64)
    best = cheapest(arrivals, rates, startup_s, 0.2, WebSettings())
    again = cost_in_model(arrivals, rates, best.ready, startup_s, 0.2, WebSettings())

    assert again == pytest.approx(best.cost, rel=5e-4)
    assert len(set(best.ready)) > 10


def test_who_must_meet_every_second_pays_more() -> None:
    rates = np.full(600, 780.0)
    arrivals = np.random.default_rng(2).poisson(rates).astype(np.float64)
    costs = [
        cheapest(arrivals, rates, 30, 0.2, WebSettings(), strict=strict).cost
        for strict in (False, True)
    ]

    assert costs[0] < costs[1]
