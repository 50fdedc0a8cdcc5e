"""Which readings teach what an instance holds, and which do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scaler.rules.history import History
from tests.scaler.rules import one
from tests.scaler.rules.one import NOW, WEB

LATE = one.web(3, rate=60, mean_s=0.3, p95_s=0.4)


def before(mean_s: float) -> History:
    """A past with a reading ten seconds ago."""
    past = one.past()
    seen_at, means = past.seen_at.copy(), past.mean_s.copy()
    seen_at[0, -1], means[0, -1] = NOW - 10, mean_s
    return replace(past, seen_at=seen_at, mean_s=means)


@pytest.mark.parametrize(
    ("past", "teaches"),
    [
        (one.past(), True),
        (one.past(up_at=NOW - 19), False),
        (one.past(up_at=NOW - 21), True),
        (one.past(down_at=NOW - 9), False),
        (one.past(down_at=NOW - 11), True),
        (before(0.3), True),
        (before(0.2), True),
        (before(1.0), False),
    ],
    ids=("at rest", "starts", "started", "ends", "ended", "steady", "grows", "catches up"),
)
def test_a_late_reading_teaches_only_while_nothing_else_explains_it(
    past: History, teaches: bool
) -> None:
    learned = one.decided(WEB, LATE, past).history.capacity
    assert np.isfinite(learned.over[0]) == teaches
