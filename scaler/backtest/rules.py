"""The rules as they decide for many lanes at once: what the loop does, without its rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scaler.backtest import memory
from scaler.backtest.timetable import scheduled
from scaler.rules.arrays import Floats, Ints
from scaler.rules.capacity import Capacity
from scaler.rules.decide import decide
from scaler.rules.freshness import fresh
from scaler.rules.history import changed, proposed
from scaler.rules.learning import Learners, spoke
from scaler.rules.observation import Observation
from scaler.rules.policies import Policies


@dataclass(frozen=True)
class Holds:
    """What an instance is known to hold: requests a second, and seconds of one of them."""

    rate: float
    work_s: float


class Rules:
    """Policies of n lanes, and what they remember; what they order is acknowledged at once."""

    def __init__(
        self,
        policies: Policies,
        learners: Learners,
        floors: Floats,
        holds: Holds | None = None,
    ) -> None:
        """`holds` as the rules have learned it, None for a worker.

        `floors` (n, k, COLUMNS): what each lane's schedule holds at each of its readings.
        """
        self._floors = floors
        self._policies, self.learners = policies, learners
        self._lanes = np.arange(len(policies), dtype=np.int64)
        history = memory.nothing(policies)
        self._history = replace(history, capacity=_known(history.capacity, holds))
        self._ordered_at = np.full(len(policies), np.nan)
        self._began = False

    def counts(self, seen: Observation, reading: int, now: float) -> Ints:
        """The count that each lane should have from `now` (seconds) on, after so many readings."""
        floors = self._floors[:, min(reading, self._floors.shape[1] - 1)]
        seen = replace(seen, ordered_s=now - self._ordered_at)
        read = fresh(self._policies, seen)
        if not self._began:
            self._history, self._began = proposed(self._history, seen.desired, now), True
        said, self.learners = spoke(
            self.learners, self._policies, read, self._lanes, self._lanes, now
        )
        made = decide(self._policies, read, self._history, now, None, scheduled(floors), said)
        self._history = made.history
        moved = np.flatnonzero(made.changes)
        if moved.size:
            change = (made.count[moved] - seen.desired[moved]).astype(np.float64)
            self._history = changed(self._history, moved, change, now)
            self._ordered_at[moved] = now
        return made.count.astype(np.int64)


def _known(capacity: Capacity, holds: Holds | None) -> Capacity:
    if holds is None:
        return capacity
    surely = np.ones_like(capacity.good)
    return replace(
        capacity,
        good=holds.rate * surely,
        over=holds.rate * surely,
        base_s=holds.work_s * surely,
        confidence=surely,
    )
