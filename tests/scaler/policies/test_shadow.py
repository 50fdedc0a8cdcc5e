from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scaler.policies import shadow
from scaler.policies.experts import EXPERTS, WANTS
from scaler.policies.shadow import Shadow, Terms

RESTART_S = 40.0


def terms(arriving: float = 0.0) -> Terms:
    def column(value: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return np.full((1, 1), value, np.float32)

    whole = np.ones((1, 1), np.int16)
    return Terms(
        arriving=column(arriving),
        holds=column(80.0),
        patience_s=column(0.4),
        restart_s=column(RESTART_S),
        drain_s=column(10.0),
        price=column(0.2),
        least=whole,
        most=100 * whole,
    )


def ran(counts: list[int], arriving: float = 0.0, lag: int = 3) -> Shadow:
    """All experts after they have ordered these counts, one a tick."""
    experts = shadow.begun(np.array([1]))
    for tick, count in enumerate(counts, start=1):
        shadow.paid(experts, terms(arriving), np.array([True]))
        all_of_them = np.full((1, len(EXPERTS)), count, np.int16)
        shadow.ordered(experts, all_of_them, terms(arriving), np.array([lag]), tick)
    return experts


def test_an_instance_is_ready_a_start_up_after_its_order() -> None:
    assert ran([5, 5, 5]).ready[0, 0] == 1
    assert ran([5, 5, 5, 5]).ready[0, 0] == 5


def test_who_takes_back_an_order_never_gets_it() -> None:
    assert ran([5, 5, 2, 5]).ready[0, 0] == 2


def test_starting_instances_are_paid_for() -> None:
    assert 59.9 < ran([5, 1]).cost[0, 0] <= 60.0


def test_an_instance_that_ended_drains_for_pay() -> None:
    drained = ran([5, 5, 5, 5, 1, 1]).cost[0, 0] - ran([5, 5, 5, 5, 1]).cost[0, 0]
    assert abs(drained - (10.0 + 4 * 10.0)) < 0.1


def test_too_few_instances_make_everybody_late() -> None:
    late = ran([1, 1, 1], arriving=160.0).cost[0, 0] - ran([1, 1, 1]).cost[0, 0]
    assert late > 2 * 160 * 10 * 0.2


def test_an_unknown_reading_costs_nobody_anything() -> None:
    experts = ran([3, 3])
    before = experts.cost.copy()
    shadow.paid(experts, terms(500.0), np.array([False]))
    assert (experts.cost == before).all()


def test_thousands_of_instances_are_paid_for_one_by_one() -> None:
    experts = shadow.begun(np.array([5000]))
    shadow.paid(experts, terms(), np.array([True]))
    assert experts.cost[0, 0] == 50_000.0


def test_a_queue_is_worth_more_instances_the_longer_it_is() -> None:
    queues = np.array([[0.0, 100.0, 1000.0, 10_000.0]], np.float32)
    more = shadow.for_queue(queues, terms(800.0))[0]
    assert more[0] == 0
    assert (np.diff(more) > 0).all()


@given(st.lists(st.booleans(), min_size=1, max_size=80))
def test_keeping_for_a_restart_never_costs_more_than_twice_the_optimum(needs: list[bool]) -> None:
    """Of one instance beside the first: seconds kept idle, and starts, RESTART_S each."""
    experts = shadow.begun(np.array([1]))
    counts = []
    for tick, need in enumerate(needs, start=1):
        wants = np.full((1, WANTS), 2 if need else 1, np.int16)
        kept = shadow.kept(experts, wants, np.array([RESTART_S], np.float32), tick)
        counts.append(int(kept[0, 0, 0]))
    assert cost_of(counts) <= 2 * cost_of(best_counts(needs))


def cost_of(counts: list[int]) -> float:
    starts = sum(after > before for before, after in zip([1, *counts], counts, strict=False))
    return 10.0 * sum(count - 1 for count in counts) + RESTART_S * starts


def best_counts(needs: list[bool]) -> list[int]:
    """Keeps it through every gap that is shorter than a restart, and no other."""
    counts = [2 if need else 1 for need in needs]
    places = [place for place, need in enumerate(needs) if need]
    for one, other in pairwise(places):
        if 10.0 * (other - one - 1) < RESTART_S:
            counts[one:other] = [2] * (other - one)
    return counts
