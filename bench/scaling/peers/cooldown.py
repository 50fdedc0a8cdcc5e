"""How the Nomad Autoscaler waits after it has scaled."""

from __future__ import annotations

import numpy as np

from scaler.replay.seen import Floats, Ints


class Cooldown:
    """Seconds without a change after each change, counted a lane, the same for both directions."""

    def __init__(self, seconds: Floats) -> None:
        """The cooldown of each lane in seconds."""
        self._seconds = seconds
        self._until_s = np.zeros(len(seconds))

    def held(self, now_s: int, current: Ints, asked: Ints) -> Ints:
        """What was asked for, or the current count while the lane cools down."""
        free = now_s >= self._until_s
        applied = np.where(free, asked, current)
        self._until_s = np.where(applied != current, now_s + self._seconds, self._until_s)
        return applied
