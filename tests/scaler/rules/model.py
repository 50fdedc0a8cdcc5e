"""A small fluid model of one service behind an edge, run in a closed loop with the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from scaler.rules.decide import Decision, decide
from scaler.rules.history import History, changed, nothing_remembered, proposed
from scaler.rules.observation import Observation, nothing_read
from scaler.rules.policies import Policy, compiled

STEP_S = 0.1
HOLDS = 40.0
BASE_S = 0.1
TAIL_S = 0.02


@dataclass
class Service:
    """Requests wait in one line; each instance ends HOLDS a second, none before its start-up."""

    start_up_s: float
    instances: list[float] = field(default_factory=lambda: [0.0])
    waiting: float = 0.0
    ended: float = 0.0
    duration_s: float = 0.0
    tails: list[tuple[float, float]] = field(default_factory=list)
    late: float = 0.0
    arrived: float = 0.0
    instance_s: float = 0.0
    needed_s: float = 0.0

    def ready(self, now: float) -> int:
        return sum(1 for since in self.instances if since <= now)

    def scale(self, count: int, now: float) -> None:
        while len(self.instances) < count:
            self.instances.append(now + self.start_up_s)
        del self.instances[count:]

    def run(self, rate: float, now: float, limit_s: float) -> None:
        """One step: who waits longer than `limit_s` in all is late."""
        holds = self.ready(now) * HOLDS
        wait_s = self.waiting / holds if holds else np.inf
        self.waiting += rate * STEP_S
        done = min(self.waiting, holds * STEP_S)
        self.waiting -= done
        load = min(done / (holds * STEP_S), 1.0) if holds else 1.0
        self.ended += done
        self.duration_s += done * (BASE_S + wait_s) if done else 0.0
        tail = BASE_S + wait_s + TAIL_S * load / (1.02 - load)
        self.tails.append((tail, done))
        self.arrived += rate * STEP_S
        self.late += rate * STEP_S * (wait_s + BASE_S > limit_s)
        self.instance_s += len(self.instances) * STEP_S
        self.needed_s += np.ceil(rate / HOLDS) * STEP_S

    def p95_s(self) -> float:
        """The duration that 95 of 100 requests of the last interval stayed under."""
        passed = 0.0
        for tail, done in sorted(self.tails, reverse=True):
            passed += done
            if passed and passed >= 0.05 * self.ended:
                return tail
        return np.nan

    def read(self, elapsed_s: float, now: float, noise: float) -> Observation:
        """What the edge shows of the time since the last reading."""
        mean_s = self.duration_s / self.ended if self.ended else np.nan
        seen = replace(
            nothing_read(np.array([float(len(self.instances))])),
            ready=np.array([float(self.ready(now))]),
            ready_age_s=np.zeros(1),
            rate=np.array([self.ended / elapsed_s * noise]),
            mean_s=np.array([mean_s]),
            p95_s=np.array([self.p95_s()]),
            fallback=np.zeros(1),
            open=np.array([self.waiting + self.ready(now) * HOLDS * BASE_S]),
            edge_age_s=np.zeros(1),
        )
        self.ended = self.duration_s = 0.0
        self.tails.clear()
        return seen


@dataclass(frozen=True)
class Outcome:
    """What came of a run: `counts` are (time, count) at every evaluation."""

    late: float
    over_need: float
    counts: tuple[tuple[float, int], ...]
    history: History

    @property
    def changes(self) -> int:
        counts = [count for _, count in self.counts]
        return sum(1 for before, after in pairwise(counts) if before != after)


def run(
    policy: Policy,
    demand: Callable[[float], float],
    until_s: float,
    *,
    start_up_s: float = 10.0,
    start: int = 1,
    noise: float = 0.0,
    seed: int = 1,
    history: History | None = None,
    blind: bool = False,
    decided: Callable[[Decision], None] = lambda _: None,
) -> Outcome:
    """The outcome of following the rules from time 0 on; `history` carries on an earlier run.

    `blind`: the edge shows neither how long requests take nor how many are open, so that what
    completed is all that is known. `noise`: standard deviation of a reading of the rate, as a
    share of it.
    """
    random, policies = np.random.default_rng(seed), compiled([policy])
    service = Service(start_up_s)
    service.scale(start, -start_up_s)
    if history is None:
        first = nothing_remembered(1, evaluations=64)
    else:
        first = replace(nothing_remembered(1, evaluations=64), capacity=history.capacity)
    past, counts = proposed(first, np.array([float(start)]), 0.0), []
    every = round(policy.interval_s / STEP_S)
    for step in range(1, round(until_s / STEP_S) + 1):
        now = step * STEP_S
        service.run(demand(now), now, policy.latency_s or np.inf)
        if step % every:
            continue
        shaken = float(np.exp(random.normal(0.0, noise)))
        seen = service.read(policy.interval_s, now, shaken)
        if blind:
            seen = replace(seen, mean_s=np.full(1, BASE_S), open=np.full(1, np.nan))
        decision = decide(policies, seen, past, now)
        decided(decision)
        past, count = decision.history, int(decision.count[0])
        change = np.array([float(count - len(service.instances))])
        if change[0]:
            past = changed(past, np.array([0]), change, now)
            service.scale(count, now)
        counts.append((now, count))
    return Outcome(
        late=service.late / service.arrived if service.arrived else 0.0,
        over_need=service.instance_s / service.needed_s if service.needed_s else np.inf,
        counts=tuple(counts),
        history=past,
    )
