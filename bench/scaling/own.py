"""Muster's default policies as the benchmark runs them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.scaling.entry import Entry, Facts, Family, Setting, column
from scaler.policies import web, worker
from scaler.policies.readings import INTERVAL_S, WebReadings, WorkerReadings
from scaler.replay.seen import Floats, Ints, WebSeen, WorkerSeen
from scaler.replay.settings import PRICE_LATE_S, WebSettings, WorkerSettings

LATENCY_S = WebSettings().late_s + WebSettings().service_s


class Web:
    """The default policy of a web service. Start-up and drain are told, as if measured."""

    interval_s = INTERVAL_S

    def __init__(self, latency_s: Floats, price: Floats, startups_s: Ints) -> None:
        """Seconds that a request may take, instance-seconds that a late one is worth."""
        self._latency_s, self._price = latency_s, price
        self._startup_s = startups_s.astype(np.float64)
        self._state: web.WebState | None = None

    def decide(self, seen: WebSeen) -> Ints:
        """The count of each lane."""
        state = self._state or web.begun(seen.instances.desired)
        lanes = np.ones(len(self._price))
        settings = WebSettings()
        readings = WebReadings(
            completed=seen.completed[:, -1],
            mean_s=seen.mean_s[:, -1],
            p95_s=seen.p95_s[:, -1],
            fallback=np.zeros(len(lanes)),
            open=seen.open[:, -1],
            ready=seen.instances.ready,
            desired=seen.instances.desired,
            startup_s=self._startup_s,
            drain_s=settings.drain_s * lanes,
            latency_s=self._latency_s,
            price=self._price,
            minimum=np.full(len(lanes), settings.minimum),
            maximum=np.full(len(lanes), settings.maximum),
        )
        wanted, self._state, _ = web.step(state, readings, float(seen.now_s))
        return wanted


class Worker:
    """The default policy of a worker."""

    interval_s = INTERVAL_S

    def __init__(self, deadline_s: Floats, startups_s: Ints) -> None:
        """Seconds that a job may wait."""
        self._deadline_s, self._startup_s = deadline_s, startups_s.astype(np.float64)
        self._state = worker.begun(len(deadline_s))

    def decide(self, seen: WorkerSeen) -> Ints:
        """The count of each lane."""
        lanes, settings = len(self._deadline_s), WorkerSettings()
        readings = WorkerReadings(
            waiting=seen.waiting,
            busy=seen.busy,
            oldest_s=seen.oldest_s,
            run_s=seen.run_s,
            desired=seen.instances.desired,
            startup_s=self._startup_s,
            deadline_s=self._deadline_s,
            minimum=np.full(lanes, settings.minimum),
            maximum=np.full(lanes, settings.maximum),
        )
        wanted, self._state, _ = worker.step(self._state, readings, float(seen.now_s))
        return wanted


def _web(settings: Sequence[Setting], facts: Facts) -> Web:
    return Web(column(settings, "latency_s"), column(settings, "price"), facts.startups_s)


def _worker(settings: Sequence[Setting], facts: Facts) -> Worker:
    return Worker(column(settings, "deadline_s"), facts.startups_s)


DEFAULT = Entry(
    "default",
    "Muster, default policy",
    {
        "web": Family({"latency_s": LATENCY_S, "price": PRICE_LATE_S}, (), _web),
        "worker": Family({"deadline_s": WorkerSettings().late_s}, (), _worker),
    },
    own=True,
)
