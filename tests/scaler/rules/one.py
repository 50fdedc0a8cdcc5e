"""One service before the rules, with what a test says of it and calm readings for the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from scaler.rules.capacity import Capacity
from scaler.rules.decide import Decision, decide
from scaler.rules.events import Event, event
from scaler.rules.history import History, nothing_remembered
from scaler.rules.observation import Observation, nothing_read
from scaler.rules.policies import Policy, compiled
from scaler.rules.quota import Quotas

NOW = 10_000.0
WEB = Policy(kind="web", minimum=1, maximum=20, latency_s=0.2, start_up_s=10, interval_s=10)
WORKER = Policy(kind="worker", minimum=0, maximum=20, drain_s=30)


def web(desired: float, **known: float) -> Observation:
    """A web service with all instances ready and no late requests, but for what is given."""
    calm = {"rate": 10.0, "mean_s": 0.1, "p95_s": 0.15, "fallback": 0.0, "edge_age_s": 0.0}
    return read(desired, **{**calm, **known})


def worker(desired: float, **known: float) -> Observation:
    """A worker service with nothing to do, but for what is given."""
    idle = {"waiting": 0.0, "busy": 0.0, "service_s": 1.0, "oldest_s": 0.0, "queue_age_s": 0.0}
    return read(desired, **{**idle, **known})


def read(desired: float, **known: float) -> Observation:
    """A service with all instances ready, and these readings."""
    given = {"ready": desired, "ready_age_s": 0.0, **known}
    columns: dict[str, Any] = {
        name: np.array([value], dtype=np.bool_ if name in ("unplaced", "rolling") else np.float64)
        for name, value in given.items()
    }
    return replace(nothing_read(np.array([float(desired)])), **columns)


def with_metric(observation: Observation, *values: float, age_s: float = 0.0) -> Observation:
    """The same with metrics."""
    metric = np.array([values], dtype=np.float64)
    return replace(observation, metric=metric, metric_age_s=np.full_like(metric, age_s))


def past(**known: float) -> History:
    """An empty past, in which an instance holds `holds` requests/s if that is given."""
    history = nothing_remembered(1)
    if "holds" in known:
        holds = known.pop("holds")
        history = replace(history, capacity=holding(holds))
    columns: dict[str, Any] = {name: np.array([value]) for name, value in known.items()}
    return replace(history, **columns)


def holding(rate: float) -> Capacity:
    """What is learned of one service whose instances are sure to hold `rate` each."""
    each = np.array([rate])
    return Capacity(
        good=each,
        over=each / 0.9,
        confidence=np.ones(1),
        base_s=np.array([0.1]),
        last_good=each,
        overs=np.zeros(1),
    )


def decided(
    policy: Policy,
    observation: Observation,
    history: History | None = None,
    now: float = NOW,
    quotas: Quotas | None = None,
) -> Decision:
    """The decision about one service."""
    return decide(compiled([policy]), observation, history or past(), now, quotas)


def happened(
    policy: Policy, observation: Observation, history: History | None = None, now: float = NOW
) -> Event:
    """The same as an event."""
    return event(decided(policy, observation, history, now), 0, now)


def count(
    policy: Policy, observation: Observation, history: History | None = None, now: float = NOW
) -> int:
    """The count that is decided."""
    return happened(policy, observation, history, now).end
