"""What the services behind the edge are asked, and how they answer: counters at any moment.

The time is an argument. A service whose load is above its healthy instances' answers what they
complete, much of it late; else nearly all in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.loop.lag import Load

Floats = NDArray[np.float64]

BUCKETS = ("0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.15", "0.2", "0.25", "0.3", "0.4",
           "0.5", "0.75", "1", "1.5", "2.5", "5", "10", "+Inf")  # fmt: skip
TARGET_MS = 400
HOLDS = 20.0
"""Requests a second that an instance answers in time."""
USED = 0.85
"""Of that, after a change of the load, at the count that it asks for."""
IDLE = 0.7
"""The same after a fall: low enough for one instance less, in spite of the tolerance."""
CALM = (0, 0, 2, 10, 25, 45, 70, 84, 92, 97, 99, 99.5, 100, 100, 100, 100, 100, 100, 100)
LATE = (0, 0, 0, 2, 5, 10, 18, 25, 32, 38, 50, 62, 80, 92, 97, 99, 100, 100, 100)
"""Percent of the requests that took at most so long, a bucket each."""
SHARES = np.array([CALM, LATE]) / 100
MEAN_S = np.array([0.13, 0.55])
_BEYOND = 1 - SHARES[:, BUCKETS.index(f"{TARGET_MS / 1000:g}")]


@dataclass
class Fronts:
    """Services behind the edge: their loads in instances, how many are healthy, what was counted.

    `counted` (n, buckets) and `seconds` (n,) are as of `since` (n,).
    """

    load: Floats
    healthy: Floats
    since: Floats
    counted: Floats
    seconds: Floats

    def at(self, now: float) -> tuple[Floats, Floats]:
        """Cumulative buckets (n, buckets) and seconds (n,) of all requests until `now`."""
        fresh = self.rate() * (now - self.since)
        late = self._late()
        return self.counted + fresh[:, np.newaxis] * SHARES[late], self.seconds + fresh * MEAN_S[
            late
        ]

    def rate(self) -> Floats:
        """Requests a second that are answered."""
        return HOLDS * np.minimum(self.load, np.maximum(self.healthy, 0.0))

    def answers(self, place: int) -> Load:
        """What a service answers now."""
        rate = float(self.rate()[place])
        return Load(rate, rate * float(_BEYOND[self._late()[place]]))

    def change(
        self, place: int, now: float, *, load: float | None = None, healthy: int | None = None
    ) -> None:
        """From `now` on the service has another load, or so many healthy instances."""
        fresh = float(self.rate()[place]) * (now - float(self.since[place]))
        late = self._late()[place]
        self.counted[place] += fresh * SHARES[late]
        self.seconds[place] += fresh * MEAN_S[late]
        self.since[place] = now
        if load is not None:
            self.load[place] = load
        if healthy is not None:
            self.healthy[place] = healthy

    def _late(self) -> NDArray[np.int64]:
        return (self.load > self.healthy).astype(np.int64)


def fronts(counts: Sequence[int], now: float) -> Fronts:
    """Services that have the instances they need, from `now` on."""
    healthy = np.array(counts, dtype=np.float64)
    n = len(healthy)
    return Fronts(
        load=USED * healthy,
        healthy=healthy,
        since=np.full(n, now),
        counted=np.zeros((n, len(BUCKETS))),
        seconds=np.zeros(n),
    )


def risen(count: int) -> float:
    """A load that `count` instances do not hold and one more does."""
    return max(USED * (count + 1), count + 0.1)


def fallen(count: int) -> float:
    """A load for which one instance less is enough."""
    return IDLE * (count - 1)
