from __future__ import annotations

import numpy as np
import pytest

from scaler.rules.steps import STEPS
from scaler.rules.stored import as_now, places_now, steps_of

BEFORE_SCHEDULES = (
    *("desired", "freshness", "proposal", "combine", "tolerance", "stabilization", "rate"),
    *("cooldown", "override", "bounds", "placement", "quota", "rollout"),
)
"""The steps while there were thirteen: as they stand in rows that were written then."""


def test_counts_of_all_steps_are_read_as_they_are() -> None:
    counts = np.arange(2 * len(STEPS)).reshape(-1, 2)
    assert (as_now(counts) == counts).all()
    assert places_now(np.arange(len(STEPS)), len(STEPS)).tolist() == list(range(len(STEPS)))
    assert steps_of(len(STEPS)) == STEPS


def test_a_row_from_before_schedules_has_counts_of_the_steps_of_its_time() -> None:
    assert steps_of(13) == BEFORE_SCHEDULES


def test_a_step_that_was_not_there_moved_nothing() -> None:
    then = np.arange(13)[:, np.newaxis] * np.array([1, 100])
    now = dict(zip(STEPS, as_now(then).tolist(), strict=True))

    assert now["cooldown"] == now["schedule"] == [7, 700]
    assert [now[step][0] for step in BEFORE_SCHEDULES] == list(range(13))


def test_the_step_that_was_told_is_still_the_same() -> None:
    told = np.arange(13)
    assert [STEPS[place] for place in places_now(told, 13)] == list(BEFORE_SCHEDULES)


@pytest.mark.parametrize("stored", [1, 12, len(STEPS) + 1])
def test_counts_of_no_known_order_are_refused(stored: int) -> None:
    with pytest.raises(ValueError, match="of no order of steps"):
        as_now(np.zeros((stored, 1), dtype=np.int64))
