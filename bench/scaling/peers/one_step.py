"""One step at a time on latency, as Heroku and Judoscale do it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bench.scaling.entry import Entry, Facts, Family, Setting, column, grid
from scaler.replay.seen import Floats, Ints, Seen, WebSeen, WorkerSeen

INTERVAL_S = 10
UP_EVERY_S = 60


class OneStep:
    """Up by some instances while the metric is high, at most once a minute; down by one.

    Down needs every reading of the down delay to have been low, and then another delay.
    """

    interval_s = INTERVAL_S

    def __init__(
        self,
        metric: Callable[[Seen], Floats],
        high: Floats,
        low: Floats,
        step: Floats,
        down_delay_s: Floats,
    ) -> None:
        """The metric and its range are in seconds."""
        self._metric, self._high, self._low = metric, high, low
        self._step, self._down_delay_s = step.astype(np.int64), down_delay_s
        self._up_at_s = np.full(len(high), -UP_EVERY_S, np.int64)
        self._low_since_s = np.zeros(len(high), np.int64)

    def decide(self, seen: Seen) -> Ints:
        """The count of each lane."""
        now_s, current = seen.now_s, seen.instances.desired
        metric = self._metric(seen)
        up = (metric > self._high) & (now_s - self._up_at_s >= UP_EVERY_S)
        self._up_at_s = np.where(up, now_s, self._up_at_s)
        # A reading that was lost is neither high nor low.
        self._low_since_s = np.where(metric >= self._low, now_s, self._low_since_s)
        down = ~up & (now_s - self._low_since_s >= self._down_delay_s) & (metric < self._low)
        self._low_since_s = np.where(down | up, now_s, self._low_since_s)
        return current + np.where(up, self._step, 0) - down


def _make(metric: Callable[[Seen], Floats]) -> Callable[[Sequence[Setting], Facts], OneStep]:
    def make(settings: Sequence[Setting], _: Facts) -> OneStep:
        keys = ("high_s", "low_s", "step", "down_delay_s")
        return OneStep(metric, *(column(settings, key) for key in keys))

    return make


def _p95(seen: Seen) -> Floats:
    assert isinstance(seen, WebSeen)
    return seen.p95_s[:, -1]


def _oldest(seen: Seen) -> Floats:
    assert isinstance(seen, WorkerSeen)
    return seen.oldest_s


ONE_STEP = Entry(
    "one-step",
    "One step at a time on p95",
    {
        "web": Family(
            {"high_s": 0.4, "low_s": 0.2, "step": 1, "down_delay_s": 600},
            grid(
                high_s=(0.12, 0.2, 0.4), low_s=(0.12,), step=(1, 2, 4, 8), down_delay_s=(180, 600)
            ),
            _make(_p95),
        ),
        "worker": Family(
            {"high_s": 30, "low_s": 5, "step": 1, "down_delay_s": 600},
            grid(high_s=(1, 10, 30), low_s=(1,), step=(1, 5, 20, 100), down_delay_s=(60, 600)),
            _make(_oldest),
        ),
    },
)
