"""Which expert spoke and why, in words; whole sentences, because people read them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scaler.policies.experts import EXPERTS, REACTIVE, named
from scaler.policies.why import Why, reason


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
        more=of(0),
        cost=of(598_374),
        reactive=of(897_561),
    )


EARLY = (
    "the reactive rule (the last reading, 2 errors of head room, kept for 120 s), after 30 of"
    " 60 min; 812 requests/s to come, off by 32 as a rule, 80.0/s for each instance"
)
LED = (
    "the growth of three readings carried on, 1 error of head room, kept for as long as a new"
    " instance costs: would have cost 9.60 instances so far, the reactive rule 14.40;"
    " 812 requests/s to come, off by 32 as a rule, 80.0/s for each instance"
)


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (decision(hours=0.5), EARLY),
        (decision(EXPERTS.index((3, 1, 0))), LED),
        (
            replace(decision(hours=0.5), more=np.array([4.0])),
            f"{EARLY}, 4 more for those that wait",
        ),
        (
            replace(decision(), known=np.array([False])),
            "nothing is known of its requests: no less than now",
        ),
    ],
    ids=["early", "led", "queue", "unknown"],
)
def test_a_decision_says_who_spoke_and_why(why: Why, words: str) -> None:
    assert reason(why, 0) == words


def test_no_two_experts_have_the_same_words() -> None:
    assert len({named(expert) for expert in range(len(EXPERTS))}) == len(EXPERTS)
