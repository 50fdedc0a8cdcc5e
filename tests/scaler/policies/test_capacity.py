from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scaler.policies.capacity import (
    HOPED,
    Capacity,
    assumed,
    confidence,
    holds,
    learned,
    patience_s,
    reachable_s,
    unseen,
)
from scaler.policies.readings import WebReadings
from tests.scaler.policies.seen import LATENCY_S, edge

KNOWN = np.array([True])


def after(*readings: WebReadings, before: Capacity | None = None) -> Capacity:
    capacity = before or unseen(1)
    for seen in readings:
        seen = replace(seen, latency_s=reachable_s(capacity, seen))
        capacity = learned(capacity, seen, KNOWN, np.array([LATENCY_S]))
    return capacity


def late(completed: float, ready: int = 1) -> WebReadings:
    return edge(completed, ready, mean_s=1.0, p95_s=1.5)


def test_nothing_is_known_at_first() -> None:
    assert np.isnan(holds(after(edge(64)))).all()


def test_a_calm_instance_is_taken_for_four_fifths_used() -> None:
    assert holds(after(edge(64), edge(64))).tolist() == [80.0]


def test_what_two_late_readings_complete_is_the_limit() -> None:
    assert holds(after(edge(64), edge(64), late(75), late(75))).tolist() == [75.0]


def test_the_first_late_reading_was_not_full_from_its_first_second() -> None:
    assert holds(after(edge(64), edge(64), late(70))).tolist() == [80.0]


def test_a_reading_in_which_instances_came_says_nothing() -> None:
    capacity = after(edge(64), edge(64), late(75, 1), late(140, 2))
    assert holds(capacity).tolist() == [80.0]


def test_a_calm_rate_above_the_limit_raises_it() -> None:
    assert holds(after(edge(64), late(75), late(75), edge(78), edge(78))).tolist() == [78.0]


def test_one_slow_reading_does_not_move_the_limit_far() -> None:
    assert holds(after(edge(64), late(80), late(80), late(40))).tolist() == pytest.approx([68.0])


def slow(completed: float, ready: int = 1) -> WebReadings:
    return edge(completed, ready, mean_s=0.7, p95_s=0.8)


def test_work_that_takes_longer_than_its_target_is_no_queue() -> None:
    capacity = after(slow(10), slow(10), slow(5, 2), slow(5, 2), slow(5, 2))
    assert np.isnan(capacity.full).all()
    assert holds(capacity).tolist() == [10.0]


def test_a_slow_service_that_gets_slower_still_is_full() -> None:
    worse = edge(12, mean_s=2.0, p95_s=3.0)
    assert after(slow(10), slow(10), worse, worse).full.tolist() == [12.0]


def test_a_service_that_was_slow_for_a_while_has_its_own_target_again() -> None:
    assert reachable_s(after(slow(10), edge(64)), edge(64)).tolist() == [LATENCY_S]


def test_few_requests_say_nothing() -> None:
    assert np.isnan(holds(after(edge(0.2), edge(0.2)))).all()


def test_a_request_may_wait_for_what_its_work_leaves_of_the_target() -> None:
    assert patience_s(after(edge(64), edge(64)), np.array([0.5])).tolist() == pytest.approx([0.4])


LIMITED = (edge(64), edge(64), late(75), late(75), late(75))


def of_another(*readings: WebReadings) -> Capacity:
    """What is remembered of another release after these readings; the one before held 75."""
    return after(*readings, before=assumed(after(*LIMITED), KNOWN))


def test_another_release_is_taken_to_hold_as_much_and_nobody_is_sure() -> None:
    assert holds(of_another()).tolist() == pytest.approx([75.0])
    assert confidence(of_another()).tolist() == [0.0]
    assert np.isnan(of_another().base_s).all()


def test_the_release_that_is_live_stays_as_it_is_known() -> None:
    known = after(*LIMITED)
    same = assumed(known, ~KNOWN)
    assert holds(same).tolist() == holds(known).tolist()
    assert confidence(same).tolist() == confidence(known).tolist()


def test_a_faster_release_is_found_to_hold_more() -> None:
    assert holds(of_another(edge(70), edge(70), edge(70))).tolist() == pytest.approx([87.5])


def test_a_slower_release_is_found_to_hold_less_at_once() -> None:
    assert holds(of_another(edge(40), late(40), late(40))).tolist() == [40.0]


def test_the_old_releases_durations_do_not_make_the_new_one_slow() -> None:
    slowed = assumed(after(slow(10), slow(10)), KNOWN)
    assert reachable_s(slowed, edge(64)).tolist() == [LATENCY_S]
    assert not slowed.slow.any()


def test_one_is_as_sure_as_readings_agreed() -> None:
    limits = [late(75)] * 3
    few = after(edge(64), *limits, *[edge(70)] * 3)
    many = after(edge(64), *limits, *[edge(70)] * 30)
    assert 0 < confidence(few)[0] < 0.5 < 0.9 < confidence(many)[0] <= 1


def test_a_limit_that_was_never_seen_is_likely_at_most() -> None:
    assert confidence(after(*[edge(64)] * 60)).tolist() == [HOPED]


def test_low_rates_say_nothing_of_the_limit() -> None:
    known = after(*LIMITED)
    assert confidence(after(edge(10), edge(10), before=known)) == confidence(known)


def test_a_reading_that_contradicts_halves_what_is_sure() -> None:
    known = after(*LIMITED, *[edge(70)] * 10)
    doubted = after(late(40), late(40), before=known)
    assert confidence(doubted)[0] == pytest.approx(confidence(known)[0] / 2)


def test_of_a_service_that_was_never_seen_nothing_is_sure() -> None:
    assert confidence(unseen(1)).tolist() == [0.0]
