"""Why a service has the count that it has: what was decided last, and what holds it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.conf import settings

from platform_admin.models import ScalingEvent, ScalingPolicy, Service
from platform_admin.pages.decided import METRIC, decided, metrics_of
from platform_admin.pages.figures import old
from platform_admin.pages.measured import Measured
from platform_admin.pages.scheduled import numbers_of
from platform_admin.pages.waking import followed
from platform_admin.pages.who import who
from scaler.rules.arrays import Floats
from scaler.rules.capped import CAPS, capped
from scaler.rules.events import Event
from scaler.rules.freshness import FRESH_INTERVALS
from scaler.rules.steps import STEPS
from scaler.rules.waterfall import waterfall
from scaler.rules.words import sentence
from scaler.samples.window import Newest

_LOOKS = {
    ScalingEvent.Outcome.APPLIED: "healthy",
    ScalingEvent.Outcome.HELD: "starting",
    ScalingEvent.Outcome.SHADOW: "off",
    ScalingEvent.Outcome.REFUSED: "degraded",
}
_MEASURED: Mapping[str, str] = {
    ScalingPolicy.Metric.RATE: "requests",
    ScalingPolicy.Metric.CONCURRENCY: "in_flight",
}
"""The shown series of each metric."""


@dataclass(frozen=True)
class Step:
    """A line of the waterfall with its bar: from `low` to `high` in percent of the largest."""

    name: str
    before: int
    after: int
    used: str
    otherwise: str
    low: float
    high: float

    @property
    def moved(self) -> bool:
        return self.before != self.after

    @property
    def difference(self) -> float:
        return round(self.high - self.low, 1)


@dataclass(frozen=True)
class Decision:
    """An event as a page tells it; `explained` says that it has steps, shown or not."""

    key: int
    at: datetime
    sentence: str
    who: str
    look: str
    outcome: str
    explained: bool
    steps: tuple[Step, ...]


def decision(row: ScalingEvent, *, whole: bool = True) -> Decision:
    """The event in words; its waterfall too, unless only the sentence is wanted."""
    event = decided(row)
    return Decision(
        key=row.pk,
        at=row.at,
        sentence=_by_hand(row) if event is None else sentence(event),
        who=who(row),
        look=_LOOKS[ScalingEvent.Outcome(row.outcome)],
        outcome="" if row.outcome == row.Outcome.APPLIED else row.get_outcome_display(),
        explained=event is not None,
        steps=_steps(event) if event is not None and whole else (),
    )


def last_of(service: Service) -> Decision | None:
    """The service's newest event, None where nothing has happened yet."""
    row = service.scaling_events.select_related("actor").order_by("-at", "-pk").first()
    return None if row is None else decision(row)


def at_rest(
    service: Service,
    policy: ScalingPolicy | None,
    counts: Floats,
    hour: Measured,
    now: datetime,
) -> str:
    """Why nothing moves now, as a sentence; "" where some step wants another count.

    A minimum that keeps it from less, its own or its schedule's, is no such step. `counts` after
    every step of the newest decision. It is made from the readings themselves, because a decision
    that changes nothing for no new reason stores no event.
    """
    if policy is None or policy.mode == ScalingPolicy.Mode.OFF or not len(counts):
        return ""
    if service.suspended_at is not None:
        return ""
    if np.isnan(counts).any() or counts[-1] != counts[0]:
        return ""
    scheduled = numbers_of(policy, now.timestamp())
    lowest = max(float(service.minimum), scheduled.get("least", 0.0))
    moved = (counts != counts[0]).any()
    if (moved and counts[0] > lowest) or (counts > counts[0]).any():
        return ""
    numbers = _numbers(service, policy, hour) | {"minimum": float(service.minimum)} | scheduled
    event = Event(0.0, tuple(int(count) for count in counts), numbers, metrics_of(policy))
    said = sentence(event)
    idle = event.number("arrivals", -1.0) == 0
    if idle and counts[0] > lowest and _learns_latency(service, policy):
        return f"{said.removesuffix('.')}; as many as were needed a while ago."
    return said


def _learns_latency(service: Service, policy: ScalingPolicy) -> bool:
    """Whether what its own traffic teaches decides how long an instance is kept."""
    learned = policy.strategy == ScalingPolicy.Strategy.LEARNED
    return learned and service.kind != Service.Kind.WORKER and policy.latency_ms is not None


def first_of(service: Service, newest: Newest, measured_at: datetime | None, now: datetime) -> str:
    """When the first decision about a service comes, in a sentence.

    `measured_at` is when its cell was measured last.
    """
    every = settings.MUSTER_SCALING_INTERVAL_S
    soon = f"the load is measured every {every} s, and each time a count is decided"
    if service.rollout.live is None:
        return f"The first decision comes within {2 * every} s of going live: {soon}."
    if old(measured_at, now):
        return "No decision comes while nothing is measured: the status page says why."
    if newest.decided_at is None or np.isnan(newest.counts).any() or not newest.counts.size:
        return f"The first decision comes within {2 * every} s: {soon}."
    return f"It is looked at every {every} s: once another count is wanted, the reason stands here."


def limit_of(policy: ScalingPolicy, counts: Floats) -> str:
    """What keeps a service from growing, in words: its maximum, the cluster or the quota; else "".

    `counts` after every step of the newest decision; only a policy that is followed has a limit.
    """
    if not followed(policy) or not len(counts) or np.isnan(counts).any():
        return ""
    [cap] = capped(counts[:, np.newaxis])
    words = {
        "bounds": f"at its maximum of {counts[STEPS.index('bounds')]:.0f}",
        "placement": "no room in the cluster",
        "quota": "held back by the quota",
    }
    return words[CAPS[cap]] if cap >= 0 else ""


def _by_hand(row: ScalingEvent) -> str:
    said = f"{row.before} to {row.after}" if row.before != row.after else f"Kept at {row.after}"
    return f"{said}: {row.reason}." if row.reason else f"{said}, by hand."


def _steps(event: Event) -> tuple[Step, ...]:
    lines = waterfall(event)
    largest = max((*event.counts, 1))
    return tuple(
        Step(
            line.step.capitalize(),
            line.before,
            line.after,
            line.used,
            line.otherwise,
            _percent(min(line.before, line.after), largest),
            _percent(max(line.before, line.after), largest),
        )
        for line in lines
    )


def _percent(count: int, largest: int) -> float:
    return round(100 * count / largest, 1)


def _numbers(service: Service, policy: ScalingPolicy, hour: Measured) -> dict[str, float]:
    """The readings and targets under the names that decisions store."""
    signal = _signal(service, policy, hour.values)
    used = any(signal.followed.values())
    moment = hour.moments["waiting" if service.kind == Service.Kind.WORKER else "requests"]
    unknown_s = hour.span.seconds if np.isnan(moment) else max(hour.until - moment, 0.0)
    # The span may end up to a step from now.
    old = unknown_s > FRESH_INTERVALS * settings.MUSTER_SCALING_INTERVAL_S + hour.span.step_s
    known = {name: value for name, value in signal.read.items() if not (old or np.isnan(value))}
    silent = not known
    found = {name: float(value) for name, value in signal.followed.items() if value} | known
    found |= {"signals": float(used), "silent": float(used and silent), "unknown_s": unknown_s}
    return found | {"wanted": 0.0, f"{signal.name}_wanted": 0.0}


@dataclass(frozen=True)
class _Signal:
    """The signal that a sentence is about: what the policy says of it, and what was read."""

    name: str
    followed: Mapping[str, float | None]
    read: Mapping[str, float]


def _signal(service: Service, policy: ScalingPolicy, values: Mapping[str, float]) -> _Signal:
    if service.kind == Service.Kind.WORKER:
        return _queue(policy, values)
    if policy.metric and not policy.latency_ms:
        followed = {f"{METRIC}_target": policy.metric_target, f"{METRIC}_total": 1.0}
        return _Signal(METRIC, followed, {METRIC: values[_MEASURED[policy.metric]]})
    latency_s = policy.latency_ms / 1000 if policy.latency_ms else None
    read = {"arrivals": values["requests"], "p95_s": values["p95"]}
    return _Signal("latency", {"latency_s": latency_s}, read)


def _queue(policy: ScalingPolicy, values: Mapping[str, float]) -> _Signal:
    """Without the queue's name nothing is followed."""
    followed = {"drain_s": policy.drain_s, "jobs_per_worker": policy.jobs_per_worker}
    waiting, work = values["waiting"], values["work"]
    read = {"waiting": waiting, "busy": work - waiting, "oldest_s": values["oldest"]}
    return _Signal("drain", followed if policy.queue else {}, read)
