from __future__ import annotations

import numpy as np
import pytest

from scaler.rules.capped import CAPS, asked_for, capped
from scaler.rules.steps import STEPS


def counts(start: int, **after: int) -> tuple[int, ...]:
    """The counts after each step: `start`, until a step by its name gives another one."""
    found, now = [], start
    for step in STEPS:
        now = after.get(step, now)
        found.append(now)
    return tuple(found)


@pytest.mark.parametrize(
    ("steps", "cap"),
    [
        (counts(5, proposal=7, bounds=5), "bounds"),
        (counts(2, proposal=7, placement=2), "placement"),
        (counts(2, proposal=7, quota=4), "quota"),
        (counts(2, proposal=9, bounds=7, quota=4), "quota"),
        (counts(2, proposal=9, bounds=7, placement=2), "placement"),
        (counts(2, proposal=7), ""),
        (counts(2, proposal=7, rate=4), ""),
        (counts(5), ""),
        (counts(0, bounds=1), ""),
        (counts(2, proposal=7, rollout=2), ""),
    ],
)
def test_the_last_step_that_took_some_away_is_what_holds_a_service(
    steps: tuple[int, ...], cap: str
) -> None:
    [found] = capped(np.array([steps]).T)

    assert (CAPS[found] if found >= 0 else "") == cap


def test_many_are_looked_at_together_and_an_unknown_one_is_held_by_nothing() -> None:
    table = np.array([counts(5, proposal=7, bounds=5), counts(2, proposal=7, quota=4)], dtype=float)
    unknown = np.full((1, len(STEPS)), np.nan)

    assert capped(np.concatenate([table, unknown]).T).tolist() == [0, 2, -1]


def test_what_was_asked_for_is_the_count_before_any_of_them() -> None:
    steps = counts(2, proposal=9, rate=8, bounds=7, quota=4)

    assert asked_for(np.array([steps]).T).tolist() == [8]
