from __future__ import annotations

from platform_admin.demo.load.tally import Slot
from platform_admin.demo.run.lag import breach, lag
from tests.platform_admin.demo.run.made import BEGAN, at, count, decision


def slots(*over: int, total: int = 10) -> list[Slot]:
    """Slots of ten requests each, of which so many got no good answer in time."""
    return [Slot(place * 0.25, total, late, 0, late) for place, late in enumerate(over)]


def test_the_breach_is_when_the_lateness_shows() -> None:
    # One second has four slots: 2 of 40 are 5 %, 3 are more; late shows 0.2 s after it was due.
    found = breach(slots(0, 0, 1, 1, 1, 9), BEGAN, late_s=0.2, interval_s=1)

    assert found == at(1.0 + 0.25 + 0.2)


def test_what_is_within_the_target_breaches_nothing() -> None:
    assert breach(slots(0, 1, 0, 0, 0, 1), BEGAN, late_s=0.2, interval_s=1) is None


def test_lateness_is_measured_over_the_interval_and_not_over_all() -> None:
    assert breach(slots(*[0] * 100, 3), BEGAN, late_s=0.2, interval_s=1) == at(25.45)
    assert breach(slots(*[0] * 100, 3), BEGAN, late_s=0.2, interval_s=10) is None


def test_the_lag_goes_from_the_breach_to_request_and_to_healthy() -> None:
    changes = [decision(10, 2, 3), decision(44, 3, 6), decision(50, 6, 8)]
    counts = [count(39, 3, 3), count(45, 6, 3), count(49, 6, 5), count(52, 8, 6)]

    assert lag(at(40), changes, counts) == (4.0, 12.0)


def test_a_change_downwards_is_no_answer() -> None:
    assert lag(at(40), [decision(44, 3, 2)], [count(39, 3, 3)]) == (None, None)


def test_instances_that_are_starting_already_answer_at_once() -> None:
    counts = [count(38, 6, 3), count(45, 6, 6)]

    assert lag(at(40), [decision(35, 3, 6)], counts) == (0.0, 5.0)


def test_without_a_breach_there_is_no_lag() -> None:
    assert lag(None, [decision(35, 3, 6)], [count(38, 6, 3)]) == (None, None)


def test_an_answer_that_never_became_healthy_has_only_its_request() -> None:
    counts = [count(39, 3, 3), count(60, 6, 4)]

    assert lag(at(40), [decision(42, 3, 6)], counts) == (2.0, None)
