from __future__ import annotations

import numpy as np
import pytest

from scaler.rules.capacity import (
    Capacity,
    Evidence,
    assumed,
    is_sure,
    learned,
    nothing_learned,
    planned,
)


def after(
    *readings: tuple[float, float], settled: bool = True, before: Capacity | None = None
) -> Capacity:
    """What is learned of readings (requests/s per instance, p95) with a target of 0.2 s."""
    capacity = before or nothing_learned(1)
    for rate, p95_s in readings:
        seen = Evidence(
            rate=np.array([rate]),
            mean_s=np.array([p95_s / 2]),
            p95_s=np.array([p95_s]),
            target_s=np.array([0.2]),
            settled=np.array([settled]),
        )
        capacity = learned(capacity, seen)
    return capacity


def test_nothing_is_known_at_first() -> None:
    assert np.isnan(planned(nothing_learned(1))[0])
    assert not is_sure(nothing_learned(1))[0]


def test_the_highest_good_rate_is_what_an_instance_holds() -> None:
    assert planned(after((20, 0.1), (30, 0.1), (30, 0.1), (10, 0.1)))[0] == 30


def test_one_reading_alone_raises_nothing() -> None:
    assert planned(after((20, 0.1), (20, 0.1), (500, 0.1), (20, 0.1)))[0] == 20


def test_a_good_rate_alone_is_no_known_limit() -> None:
    assert not is_sure(after(*[(20, 0.1)] * 10))[0]


def test_what_completes_while_requests_are_late_is_the_limit() -> None:
    limited = after((10, 0.1), (10, 0.1), (40, 0.5))
    assert is_sure(limited)[0]
    assert planned(limited)[0] == 0.75 * 40


def test_never_more_is_planned_than_what_was_late() -> None:
    assert planned(after((40, 0.1), (40, 0.1), (40, 0.5)))[0] == pytest.approx(0.95 * 40)


def test_one_late_reading_below_the_known_rate_lowers_nothing() -> None:
    known = after((36, 0.1), (36, 0.1), (40, 0.5))
    assert planned(after((10, 0.9), before=known))[0] == planned(known)[0]


def test_late_readings_running_lower_it() -> None:
    known = after((36, 0.1), (36, 0.1), (40, 0.5))
    smaller = after(*[(20, 0.9)] * 6, before=known)
    assert planned(smaller)[0] < 21


def test_good_readings_above_the_limit_raise_it() -> None:
    known = after((36, 0.1), (36, 0.1), (40, 0.5))
    assert planned(after((60, 0.1), (60, 0.1), before=known))[0] == 60


def test_confidence_grows_with_agreement_and_falls_with_contradiction() -> None:
    agreed = after(*[(30, 0.1)] * 5, (40, 0.5))
    doubted = after((10, 0.9), before=agreed)
    assert 0.5 < agreed.confidence[0] < 1
    assert doubted.confidence[0] == agreed.confidence[0] / 2


@pytest.mark.parametrize("reading", [(np.nan, 0.1), (30.0, np.nan), (0.0, 0.1)])
def test_an_unknown_reading_teaches_nothing(reading: tuple[float, float]) -> None:
    known = after((36, 0.1), (36, 0.1), (40, 0.5))
    same = after(reading, before=known)
    assert (planned(same), same.confidence) == (planned(known), known.confidence)


def test_nothing_is_learned_while_instances_start() -> None:
    assert np.isnan(planned(after((30, 0.1), (30, 0.1), settled=False))[0])


def of_another(*readings: tuple[float, float]) -> Capacity:
    """What is learned of another release; the one before was limited at 40 and good at 36."""
    known = after(*[(36, 0.1)] * 9, (40, 0.5))
    return after(*readings, before=assumed(known, np.array([True])))


def test_another_release_is_planned_with_as_much_and_is_not_sure() -> None:
    assert planned(of_another())[0] == 36
    assert of_another().confidence[0] == 0
    assert not is_sure(of_another())[0]


def test_the_release_that_is_live_stays_as_it_is_known() -> None:
    known = after(*[(36, 0.1)] * 9, (40, 0.5))
    same = assumed(known, np.array([False]))
    assert (same.over[0], same.confidence[0]) == (known.over[0], known.confidence[0])


def test_a_slower_release_is_known_by_its_first_late_reading() -> None:
    assert planned(of_another((20, 0.9)))[0] == pytest.approx(0.95 * 20)


def test_a_faster_release_is_known_by_calm_readings_above_the_old_limit() -> None:
    assert planned(of_another((60, 0.1), (60, 0.1)))[0] == 60
