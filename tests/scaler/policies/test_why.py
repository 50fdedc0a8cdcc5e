"""Which expert spoke and why, in words; whole sentences, because people read them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scaler.policies.experts import EXPERTS, REACTIVE, named
from scaler.policies.why import Why, numbers_of, reason, speaker


def decision(expert: int = REACTIVE, hours: float = 24.0) -> Why:
    def of(value: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array([value])

    return Why(
        expert=np.array([expert]),
        seen=of(hours * 360),
        known=np.array([True]),
        arrivals=of(790),
        forecast=of(812.4),
        error=of(31.9),
        holds=of(80),
        sure=of(0.9),
        more=of(0),
        cost=of(598_374),
        reactive=of(897_561),
    )


COMES = "790 requests/s, up to 876 to come, 80/s for each instance"


def numbers(why: Why) -> dict[str, float]:
    columns = {name: float(column[0]) for name, column in numbers_of(why).items()}
    return {name: figure for name, figure in columns.items() if np.isfinite(figure)}


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (decision(), COMES),
        (replace(decision(), more=np.array([4.0])), f"{COMES}, 4 more for those that wait"),
        (replace(decision(), arrivals=np.zeros(1), forecast=np.zeros(1)), "no requests"),
        (
            replace(decision(), known=np.array([False])),
            "nothing is known of its requests: no less than now",
        ),
    ],
    ids=["known", "queue", "idle", "unknown"],
)
def test_a_decision_says_what_it_saw(why: Why, words: str) -> None:
    assert reason(numbers(why)) == words


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (
            decision(hours=0.5),
            (
                "by the reactive rule (the last reading, 2 errors of head room, kept for 120 s),"
                " after 30 of 60 min of history"
            ),
        ),
        (
            decision(EXPERTS.index((3, 1, 0))),
            (
                "by the growth of three readings carried on, 1 error of head room, kept for as"
                " long as a new instance costs: it would have cost 9.60 instances on average, the"
                " reactive rule 14.40"
            ),
        ),
    ],
    ids=["early", "led"],
)
def test_a_decision_says_who_spoke_and_why(why: Why, words: str) -> None:
    assert speaker(numbers(why)) == words


def test_no_two_experts_have_the_same_words() -> None:
    assert len({named(expert) for expert in range(len(EXPERTS))}) == len(EXPERTS)
