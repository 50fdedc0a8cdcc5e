"""The Nomad Autoscaler as policies: target-value, and threshold with a check up and one down."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bench.scaling.entry import Entry, Facts, Family, Setting, chosen, column, grid
from bench.scaling.peers import nomad, signals
from bench.scaling.peers.cooldown import Cooldown
from scaler.replay.seen import Floats, Ints, Seen, WebSeen, WorkerSeen

INTERVAL_S = 10
POINTS = 6

Metric = Callable[[Seen, Ints], Floats]


class TargetValue:
    """Every 10 s the running count times metric / target; then the cooldown."""

    interval_s = INTERVAL_S

    def __init__(self, metric: Metric, target: Floats, cooldown_s: Floats) -> None:
        """The metric is of one running instance; a lost reading ends the evaluation."""
        self._metric, self._target = metric, target
        self._cooldown = Cooldown(cooldown_s)

    def decide(self, seen: Seen) -> Ints:
        """The count of each lane."""
        current = seen.instances.desired
        running = seen.instances.ready + seen.instances.starting
        metric = self._metric(seen, running)
        asked = nomad.target_value(running, np.nan_to_num(metric), self._target)
        asked = np.where(np.isnan(metric) | (asked == running), current, asked)
        return self._cooldown.held(seen.now_s, current, asked)


class Threshold:
    """Every 10 s a check up and a check down, over the last minute's points."""

    interval_s = INTERVAL_S

    def __init__(
        self, metric: Metric, bounds: tuple[Floats, Floats], percent: Floats, cooldown_s: Floats
    ) -> None:
        """Up where the metric is at or over the upper bound, down by one where under the lower.

        Up by so many percent, by one where that is zero.
        """
        self._metric, self._bounds, self._percent = metric, bounds, percent
        self._cooldown = Cooldown(cooldown_s)
        self._points = np.full((len(cooldown_s), POINTS), np.nan)

    def decide(self, seen: Seen) -> Ints:
        """The count of each lane."""
        current = seen.instances.desired
        running = seen.instances.ready + seen.instances.starting
        self._points[:, :-1] = self._points[:, 1:]
        self._points[:, -1] = self._metric(seen, running)
        low, high = self._bounds
        more = np.where(
            self._percent > 0,
            nomad.by_percentage(running, self._percent),
            nomad.by_delta(running, 1),
        )
        up = nomad.threshold(running, self._points, high, np.full_like(high, np.inf), 5, more)
        down = nomad.threshold(
            running, self._points, np.full_like(low, -np.inf), low, 5, nomad.by_delta(running, -1)
        )
        # The two checks are one group: who votes for no change is ignored while the other one acts.
        asked = np.where(up > running, up, np.where(down < running, down, current))
        asked = np.where(np.isnan(self._points[:, -1]), current, asked)
        return self._cooldown.held(seen.now_s, current, asked)


def _cpu(seen: Seen, _: Ints) -> Floats:
    assert isinstance(seen, WebSeen)
    return seen.cpu


def _jobs_each(seen: Seen, running: Ints) -> Floats:
    assert isinstance(seen, WorkerSeen)
    return signals.each(signals.jobs(seen), running)


def _waiting(seen: Seen, _: Ints) -> Floats:
    assert isinstance(seen, WorkerSeen)
    return seen.waiting


def _web_target(settings: Sequence[Setting], _: Facts) -> TargetValue:
    on_open = chosen(settings, "on", "connections")

    def metric(seen: Seen, running: Ints) -> Floats:
        assert isinstance(seen, WebSeen)
        total = np.where(on_open, signals.connections(seen), signals.request_rate(seen))
        return signals.each(total, running)

    return TargetValue(metric, column(settings, "target"), column(settings, "cooldown_s"))


def _worker_target(settings: Sequence[Setting], _: Facts) -> TargetValue:
    return TargetValue(_jobs_each, column(settings, "target"), column(settings, "cooldown_s"))


def _threshold(metric: Metric) -> Callable[[Sequence[Setting], Facts], Threshold]:
    def make(settings: Sequence[Setting], _: Facts) -> Threshold:
        bounds = (column(settings, "down_below"), column(settings, "up_from"))
        return Threshold(
            metric, bounds, column(settings, "up_percent"), column(settings, "cooldown_s")
        )

    return make


COOLDOWNS_S = (60, 120, 300)

TARGET_VALUE = Entry(
    "nomad-target",
    "Nomad Autoscaler, target-value",
    {
        "web": Family(
            {"on": "requests", "target": 64, "cooldown_s": 300},
            (
                *grid(on=("requests",), target=(32, 40, 48, 56, 64), cooldown_s=COOLDOWNS_S),
                *grid(on=("connections",), target=(4, 5, 6.4), cooldown_s=COOLDOWNS_S),
            ),
            _web_target,
        ),
        "worker": Family(
            {"target": 1.0, "cooldown_s": 300},
            grid(target=(0.5, 0.7, 0.8, 0.9, 1.0, 1.25), cooldown_s=(10, *COOLDOWNS_S)),
            _worker_target,
        ),
    },
)

THRESHOLD = Entry(
    "nomad-threshold",
    "Nomad Autoscaler, threshold",
    {
        "web": Family(
            {"up_from": 0.7, "down_below": 0.3, "up_percent": 0, "cooldown_s": 300},
            grid(
                up_from=(0.6, 0.7, 0.8),
                down_below=(0.3, 0.5),
                up_percent=(0, 30),
                cooldown_s=(60, 300),
            ),
            _threshold(_cpu),
        ),
        "worker": Family(
            {"up_from": 1, "down_below": 1, "up_percent": 0, "cooldown_s": 300},
            grid(
                up_from=(1, 5),
                down_below=(1,),
                up_percent=(0, 30, 100, 200),
                cooldown_s=(10, 60, 300),
            ),
            _threshold(_waiting),
        ),
    },
)
