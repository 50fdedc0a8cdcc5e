"""Target tracking as AWS Application Auto Scaling does it, on alarms over one-minute points."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bench.scaling.entry import Entry, Facts, Family, Setting, chosen, column, grid
from bench.scaling.peers import signals
from scaler.replay.seen import Floats, Ints, Seen, WebSeen, WorkerSeen

PERIOD_S = 60
HIGH_POINTS = 3
LOW_POINTS = 15
LOW_SHARE = 0.9


class TargetTracking:
    """Out after three points over the target, in after fifteen under 90 % of it.

    While a scale-out cools down, the next one counts from the capacity before it; any scale-out
    ends the cooldown of a scale-in.
    """

    interval_s = PERIOD_S

    def __init__(
        self, metric: Callable[[Seen], Floats], target: Floats, cooldown_s: Floats
    ) -> None:
        """The metric is of one instance in service."""
        self._metric, self._target, self._cooldown_s = metric, target, cooldown_s
        lanes = len(target)
        self._high, self._low = np.zeros(lanes, np.int64), np.zeros(lanes, np.int64)
        self._out_until_s, self._in_until_s = np.zeros(lanes), np.zeros(lanes)
        self._base = np.zeros(lanes, np.int64)

    def decide(self, seen: Seen) -> Ints:
        """The count of each lane."""
        now_s, current = seen.now_s, seen.instances.desired
        metric = self._metric(seen)
        known = ~np.isnan(metric)
        value = np.nan_to_num(metric)
        self._count_points(known, value)
        cooling_out = now_s < self._out_until_s
        base = np.where(cooling_out, self._base, current)
        out = np.ceil(base * value / self._target).astype(np.int64)
        scale_out = known & (self._high >= HIGH_POINTS) & (out > current)
        scale_in = known & (self._low >= LOW_POINTS) & ~cooling_out & (now_s >= self._in_until_s)
        less = np.minimum(np.ceil(current * value / self._target).astype(np.int64), current)
        asked = np.where(scale_out, out, np.where(scale_in, less, current))
        self._base = np.where(scale_out & ~cooling_out, current, self._base)
        self._out_until_s = np.where(scale_out, now_s + self._cooldown_s, self._out_until_s)
        self._in_until_s = np.where(asked < current, now_s + self._cooldown_s, self._in_until_s)
        return asked

    def _count_points(
        self, known: np.ndarray[tuple[int], np.dtype[np.bool_]], value: Floats
    ) -> None:
        over, under = value > self._target, value < LOW_SHARE * self._target
        self._high = np.where(known, np.where(over, self._high + 1, 0), self._high)
        self._low = np.where(known, np.where(under, self._low + 1, 0), self._low)


def _web(settings: Sequence[Setting], _: Facts) -> TargetTracking:
    on_cpu = chosen(settings, "on", "cpu")

    def metric(seen: Seen) -> Floats:
        assert isinstance(seen, WebSeen)
        requests = signals.each(signals.request_rate(seen), seen.instances.ready)
        return np.where(on_cpu, seen.cpu * 100, requests)

    return TargetTracking(metric, column(settings, "target"), column(settings, "cooldown_s"))


def _worker(settings: Sequence[Setting], _: Facts) -> TargetTracking:
    def metric(seen: Seen) -> Floats:
        assert isinstance(seen, WorkerSeen)
        return signals.each(signals.jobs(seen), seen.instances.ready)

    return TargetTracking(metric, column(settings, "target"), column(settings, "cooldown_s"))


AWS = Entry(
    "aws",
    "AWS-style target tracking",
    {
        "web": Family(
            {"on": "requests", "target": 64, "cooldown_s": 300},
            (
                *grid(on=("requests",), target=(32, 40, 48, 56, 64, 72), cooldown_s=(60, 300)),
                *grid(on=("cpu",), target=(40, 50, 60, 70, 80, 90), cooldown_s=(60, 300)),
            ),
            _web,
        ),
        "worker": Family(
            {"target": 1.0, "cooldown_s": 300},
            grid(target=(0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.25), cooldown_s=(0, 60, 300)),
            _worker,
        ),
    },
)
