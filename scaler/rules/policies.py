"""What somebody wants of a service's size: one `Policy`, and many of them as arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from scaler.rules.arrays import Bools, Floats, Ints

Kind = Literal["web", "static", "private", "worker"]
Select = Literal["max", "min", "disabled"]
Unknown = Literal["hold", "floor", "step"]

KINDS: tuple[Kind, ...] = ("web", "static", "private", "worker")
"""In the order in which a team's shortage spares them."""
SELECTS: tuple[Select, ...] = ("max", "min", "disabled")
UNKNOWNS: tuple[Unknown, ...] = ("hold", "floor", "step")
STOPS_S = 10.0
"""From the order to end an instance to its end, until it is measured."""
DOWN_WINDOW_S = {"web": 300.0, "static": 300.0, "private": 300.0, "worker": 60.0}


@dataclass(frozen=True)
class Rate:
    """At most `value` instances, or percent of the period's first count, in `period_s` seconds."""

    value: float
    period_s: float
    percent: bool = False


@dataclass(frozen=True)
class Behaviour:
    """How fast a count may move in one direction.

    `window_s`: proposals of so many seconds must agree; None is the kind's default. `select`
    picks the largest or the smallest of the limits of `rates`, or forbids the direction; without
    rates there is no limit. `cooldown_s` is counted from the last change in this direction.
    """

    window_s: float | None = None
    rates: tuple[Rate, ...] = ()
    select: Select = "max"
    cooldown_s: float = 0.0


UP = Behaviour(window_s=0.0, rates=(Rate(100, 15, percent=True), Rate(10, 15)))
"""The larger of double and ten more in 15 seconds: what is ordered at once for a steep growth."""


@dataclass(frozen=True)
class Metric:
    """A metric and its target for one instance.

    The reading is an average over the instances (utilisation, open connections of one), or with
    `total` the sum that they share (requests a second, messages).
    """

    target: float
    total: bool = False


@dataclass(frozen=True)
class Policy:
    """What one service wants. Seconds, instances; a target of None is a signal not used.

    With `learns` it follows what its own load teaches (scaler/policies), by `latency_s` or
    `drain_s` alone; of what moves the count down to the bounds only `unknown` and these count then.
    `late_price` is what a late request is worth in instance-seconds, `stop_s` the time from the
    order to end an instance to its end.

    `latency_s` is the p95 to stay under, `recovery_s` the time in which a backlog is worked off,
    `drain_s` how long a job may wait, `start_up_s` from the order of an instance to its first
    request, `interval_s` between two evaluations. Readings older than a source's limit are
    unknown; where all have been for `unknown_after_s`, `unknown` says what is done.
    """

    kind: Kind = "web"
    minimum: int = 1
    maximum: int = 1
    latency_s: float | None = None
    recovery_s: float = 30.0
    start_up_s: float = 30.0
    interval_s: float = 10.0
    drain_s: float | None = None
    jobs_per_worker: float | None = None
    metrics: tuple[Metric, ...] = ()
    tolerance: float = 0.1
    up: Behaviour = UP
    down: Behaviour = field(default=Behaviour())
    unknown: Unknown = "hold"
    unknown_after_s: float = 60.0
    floor: int = 0
    edge_limit_s: float = 30.0
    queue_limit_s: float = 30.0
    metric_limit_s: float = 60.0
    state_limit_s: float = 30.0
    learns: bool = False
    late_price: float = 0.2
    stop_s: float = STOPS_S


@dataclass(frozen=True)
class Behaviours:
    """Many `Behaviour` of one direction: (n,), the rates (n, K) with NaN for none."""

    window_s: Floats
    value: Floats
    period_s: Floats
    percent: Bools
    select: Ints
    cooldown_s: Floats


@dataclass(frozen=True)
class Policies:
    """Many `Policy` as arrays of length n, fields as there; metrics are (n, M).

    NaN in a target is a signal that is not used. `kind`, `unknown` are places in KINDS, UNKNOWNS.
    """

    kind: Ints
    minimum: Floats
    maximum: Floats
    latency_s: Floats
    recovery_s: Floats
    start_up_s: Floats
    interval_s: Floats
    drain_s: Floats
    jobs_per_worker: Floats
    metric_target: Floats
    metric_total: Bools
    tolerance: Floats
    up: Behaviours
    down: Behaviours
    unknown: Ints
    unknown_after_s: Floats
    floor: Floats
    edge_limit_s: Floats
    queue_limit_s: Floats
    metric_limit_s: Floats
    state_limit_s: Floats
    learns: Bools
    late_price: Floats
    stop_s: Floats

    def __len__(self) -> int:
        return len(self.kind)


def compiled(policies: Sequence[Policy]) -> Policies:
    """The policies as arrays, in their order. ValueError: a target that is not above 0."""
    for place, policy in enumerate(policies):
        _check(place, policy)

    def column(read: Callable[[Policy], float | None]) -> Floats:
        return np.array([read(policy) for policy in policies], dtype=np.float64)

    metrics = max((len(policy.metrics) for policy in policies), default=0)
    target = np.full((len(policies), metrics), np.nan)
    total = np.zeros((len(policies), metrics), dtype=np.bool_)
    for row, policy in enumerate(policies):
        for place, metric in enumerate(policy.metrics):
            target[row, place], total[row, place] = metric.target, metric.total
    return Policies(
        kind=np.array([KINDS.index(policy.kind) for policy in policies], dtype=np.int64),
        minimum=column(lambda policy: policy.minimum),
        maximum=column(lambda policy: policy.maximum),
        latency_s=column(lambda policy: policy.latency_s),
        recovery_s=column(lambda policy: policy.recovery_s),
        start_up_s=column(lambda policy: policy.start_up_s),
        interval_s=column(lambda policy: policy.interval_s),
        drain_s=column(lambda policy: policy.drain_s),
        jobs_per_worker=column(lambda policy: policy.jobs_per_worker),
        metric_target=target,
        metric_total=total,
        tolerance=column(lambda policy: policy.tolerance),
        up=_behaviours([(policy.up, 0.0) for policy in policies]),
        down=_behaviours([(policy.down, DOWN_WINDOW_S[policy.kind]) for policy in policies]),
        unknown=np.array([UNKNOWNS.index(policy.unknown) for policy in policies], dtype=np.int64),
        unknown_after_s=column(lambda policy: policy.unknown_after_s),
        floor=column(lambda policy: policy.floor),
        edge_limit_s=column(lambda policy: policy.edge_limit_s),
        queue_limit_s=column(lambda policy: policy.queue_limit_s),
        metric_limit_s=column(lambda policy: policy.metric_limit_s),
        state_limit_s=column(lambda policy: policy.state_limit_s),
        learns=np.array([policy.learns for policy in policies], dtype=np.bool_),
        late_price=column(lambda policy: policy.late_price),
        stop_s=column(lambda policy: policy.stop_s),
    )


def _behaviours(rows: Sequence[tuple[Behaviour, float]]) -> Behaviours:
    most = max((len(behaviour.rates) for behaviour, _ in rows), default=0)
    value, period = np.full((2, len(rows), most), np.nan)
    percent = np.zeros((len(rows), most), dtype=np.bool_)
    for row, (behaviour, _) in enumerate(rows):
        for place, rate in enumerate(behaviour.rates):
            value[row, place], period[row, place] = rate.value, rate.period_s
            percent[row, place] = rate.percent
    windows = [default if b.window_s is None else b.window_s for b, default in rows]
    return Behaviours(
        window_s=np.array(windows, dtype=np.float64),
        value=value,
        period_s=period,
        percent=percent,
        select=np.array([SELECTS.index(b.select) for b, _ in rows], dtype=np.int64),
        cooldown_s=np.array([b.cooldown_s for b, _ in rows], dtype=np.float64),
    )


def _check(place: int, policy: Policy) -> None:
    targets = {
        "latency_s": policy.latency_s,
        "drain_s": policy.drain_s,
        "jobs_per_worker": policy.jobs_per_worker,
        "recovery_s": policy.recovery_s,
        **{f"metrics[{n}].target": metric.target for n, metric in enumerate(policy.metrics)},
    }
    for name, target in targets.items():
        if target is not None and not target > 0:
            raise ValueError(f"{name} of policy {place} is {target}: a target is above 0.")
    if not 0 <= policy.minimum <= policy.maximum:
        raise ValueError(
            f"policy {place} goes from {policy.minimum} to {policy.maximum}:"
            " the minimum is from 0 to the maximum."
        )
