"""A Kubernetes HPA as a policy, and KEDA, whose scaling from one upwards is an HPA that it owns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bench.scaling.entry import Entry, Facts, Family, Setting, chosen, column, grid
from bench.scaling.peers import signals
from bench.scaling.peers.behavior import UP, stabilized, up_limit
from bench.scaling.peers.replicas import by_ready_pods, by_total
from scaler.replay.seen import Floats, Ints, Seen, WebSeen, WorkerSeen

SYNC_S = 15
TOLERANCE = 0.1
# A pod's CPU counts once its 30 s sample, 15 s late, lies wholly after it became ready.
YOUNG_SYNCS = 3

Propose = Callable[[Seen, Ints], tuple[Floats, Ints]]


class HorizontalAutoscaler:
    """Proposes every 15 s, holds what the down window holds, and limits the rate."""

    interval_s = SYNC_S

    def __init__(self, propose: Propose, window_s: Floats) -> None:
        """`propose` gives each lane's metric and the count for it; the window is in seconds."""
        self._propose = propose
        syncs = np.maximum(np.ceil(window_s / SYNC_S).astype(np.int64), 1)
        newest_first = np.arange(int(syncs.max()))
        self._in_window = newest_first[None, :] < syncs[:, None]
        self._recent: Ints | None = None

    def decide(self, seen: Seen) -> Ints:
        """The count of each lane; where the metric is unknown, the current one."""
        current = seen.instances.desired
        metric, proposed = self._propose(seen, current)
        desired = np.where(np.isnan(metric), current, proposed)
        if self._recent is None:
            # The first evaluation counts the current size as a recommendation.
            self._recent = np.zeros(self._in_window.shape, np.int64)
            self._recent[:, 0] = current
        self._recent[:, 1:] = self._recent[:, :-1]
        self._recent[:, 0] = desired
        highest = np.where(self._in_window, self._recent, 0).max(axis=1)
        kept = stabilized(current, desired, desired, highest)
        return np.minimum(kept, up_limit(current, UP, "max", _none, _none))


class ByCpu:
    """The average CPU of ready pods over its target."""

    def __init__(self, target: Floats) -> None:
        """The target is a share of what an instance may use."""
        self._target = target
        self._ready: list[Ints] = []

    def __call__(self, seen: Seen, current: Ints) -> tuple[Floats, Ints]:
        """The ratio, and the count for it."""
        assert isinstance(seen, WebSeen)
        ready = seen.instances.ready
        self._ready = [*self._ready[-YOUNG_SYNCS:], ready]
        counted = np.maximum(np.minimum.reduce(self._ready), 1)
        ratio = np.nan_to_num(seen.cpu / self._target)
        set_aside = ready - counted + seen.instances.starting
        return seen.cpu, by_ready_pods(current, counted, set_aside, ratio, TOLERANCE)


def by_average_value(total: Callable[[Seen], Floats], per_replica: Floats) -> Propose:
    """An external metric whose total is shared out: so much a replica."""

    def propose(seen: Seen, current: Ints) -> tuple[Floats, Ints]:
        value = total(seen)
        return value, by_total(current, np.nan_to_num(value), per_replica, TOLERANCE)

    return propose


def _none(_: float) -> int:
    # Limits of the rate count what changed less than 15 s ago, and the last change is 15 s old.
    return 0


def _by_cpu(settings: Sequence[Setting], _: Facts) -> HorizontalAutoscaler:
    return HorizontalAutoscaler(
        ByCpu(column(settings, "cpu_target")), column(settings, "down_window_s")
    )


def _by_rate(settings: Sequence[Setting], _: Facts) -> HorizontalAutoscaler:
    def rate(seen: Seen) -> Floats:
        assert isinstance(seen, WebSeen)
        return signals.request_rate(seen)

    target = column(settings, "requests_per_replica")
    return HorizontalAutoscaler(by_average_value(rate, target), column(settings, "down_window_s"))


def _by_jobs(settings: Sequence[Setting], _: Facts) -> HorizontalAutoscaler:
    with_busy = chosen(settings, "jobs", "waiting and busy")

    def length(seen: Seen) -> Floats:
        assert isinstance(seen, WorkerSeen)
        return np.where(with_busy, signals.jobs(seen), seen.waiting)

    target = column(settings, "jobs_per_replica")
    return HorizontalAutoscaler(by_average_value(length, target), column(settings, "down_window_s"))


WINDOWS_S = (60, 120, 300, 600)

HPA = Entry(
    "hpa",
    "Kubernetes HPA v2",
    {
        "web": Family(
            {"cpu_target": 0.8, "down_window_s": 300},
            grid(cpu_target=(0.4, 0.5, 0.6, 0.7, 0.8, 0.9), down_window_s=WINDOWS_S),
            _by_cpu,
        ),
        "worker": Family(
            {"jobs": "waiting and busy", "jobs_per_replica": 1.0, "down_window_s": 300},
            grid(
                jobs=("waiting and busy",),
                jobs_per_replica=(0.5, 0.7, 0.8, 0.9, 1.0, 1.25),
                down_window_s=WINDOWS_S,
            ),
            _by_jobs,
        ),
    },
)

KEDA = Entry(
    "keda",
    "KEDA",
    {
        "web": Family(
            {"requests_per_replica": 64, "down_window_s": 300},
            grid(requests_per_replica=(32, 40, 48, 56, 64, 72), down_window_s=WINDOWS_S),
            _by_rate,
        ),
        "worker": Family(
            {"jobs": "waiting", "jobs_per_replica": 5, "down_window_s": 300},
            grid(
                jobs=("waiting", "waiting and busy"),
                jobs_per_replica=(0.8, 1, 2, 5),
                down_window_s=(60, 300, 600),
            ),
            _by_jobs,
        ),
    },
)
