"""Policies as arrays, compiled once a version."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from django.conf import settings

from platform_admin.models import ScalingPolicy
from scaler.loop.state import State
from scaler.rules.freshness import FRESH_INTERVALS
from scaler.rules.policies import (
    Behaviour,
    Kind,
    Metric,
    Policies,
    Policy,
    Rate,
    Unknown,
    compiled,
)

LEARNED = ScalingPolicy.Strategy.LEARNED
Key = tuple[bytes, bytes, float]
_compiled: dict[int, tuple[Key, Policies]] = {}


def policies(shard: int, state: State) -> Policies:
    """The policies of the state's services, in their order, with its bounds and measured times.

    What was compiled for shards, kept under the first of them, stays as long as their services
    and the versions of the policies are the same.
    """
    interval_s = float(settings.MUSTER_SCALING_INTERVAL_S)
    key = (state.services.tobytes(), state.policy_version.tobytes(), interval_s)
    known = _compiled.get(shard)
    if known is None or known[0] != key:
        known = _compiled[shard] = (key, compiled(_read(state, interval_s)))
    return replace(
        known[1],
        minimum=state.minimum,
        maximum=state.maximum,
        start_up_s=state.start_up_s,
        stop_s=state.stop_s,
    )


def _read(state: State, interval_s: float) -> list[Policy]:
    rows = ScalingPolicy.objects.in_bulk(state.services.tolist(), field_name="service_id")
    return [
        policy_of(rows[service], kind, interval_s) if service in rows else Policy()
        for service, kind in zip(state.services.tolist(), state.kind, strict=True)
    ]


def policy_of(row: ScalingPolicy, kind: str, interval_s: float) -> Policy:
    """The row as the rules take it; a queue without a name gives no signal."""
    of_strategy = _learned if row.strategy == LEARNED else _fixed
    return of_strategy(row, kind, interval_s)


def _learned(row: ScalingPolicy, kind: str, interval_s: float) -> Policy:
    """What learns moves at once: how closely and how fast is part of what it learns."""
    at_once = Behaviour(window_s=0.0)
    fixed = _fixed(row, kind, interval_s)
    return replace(
        fixed,
        learns=True,
        metrics=(),
        jobs_per_worker=None,
        tolerance=0.0,
        up=at_once,
        down=at_once,
    )


def _fixed(row: ScalingPolicy, kind: str, interval_s: float) -> Policy:
    has_queue = bool(row.queue)
    return Policy(
        kind=cast(Kind, kind),
        late_price=row.late_price,
        latency_s=None if row.latency_ms is None else row.latency_ms / 1000,
        recovery_s=row.recovery_s,
        start_up_s=row.start_up_s,
        interval_s=interval_s,
        drain_s=row.drain_s if has_queue else None,
        jobs_per_worker=row.jobs_per_worker if has_queue else None,
        metrics=(Metric(row.metric_target, total=True),) if row.metric_target else (),
        tolerance=row.tolerance,
        up=_behaviour(row, "up"),
        down=_behaviour(row, "down"),
        unknown=cast(Unknown, row.unknown),
        unknown_after_s=row.unknown_after_s,
        floor=row.floor,
        edge_limit_s=FRESH_INTERVALS * interval_s,
        queue_limit_s=FRESH_INTERVALS * interval_s,
        metric_limit_s=FRESH_INTERVALS * interval_s,
        state_limit_s=FRESH_INTERVALS * interval_s,
    )


def _behaviour(row: ScalingPolicy, way: str) -> Behaviour:
    period_s = getattr(row, f"{way}_period_s")
    limits = ((getattr(row, f"{way}_percent"), True), (getattr(row, f"{way}_instances"), False))
    return Behaviour(
        window_s=getattr(row, f"{way}_window_s"),
        rates=tuple(
            Rate(value, period_s, percent) for value, percent in limits if value is not None
        ),
        cooldown_s=getattr(row, f"{way}_cooldown_s"),
    )
