"""The scaler's events, as the rules take and explain them."""

from __future__ import annotations

from collections.abc import Mapping

from platform_admin.models import ScalingEvent, ScalingPolicy
from scaler.rules.events import METRIC_IS, Event, from_row
from scaler.rules.stored import steps_of
from scaler.rules.words import sentence

METRIC = "metric_0"
"""A policy's one metric in the numbers of its events."""
_NAMES: Mapping[str, str] = {
    ScalingPolicy.Metric.RATE: "requests a second",
    ScalingPolicy.Metric.CONCURRENCY: "requests in flight",
}


def decided(row: ScalingEvent) -> Event | None:
    """The decision of an event of the scaler; None for a person's or another hand's."""
    if row.counts is None:
        return None
    return from_row(
        {
            "at": row.at.timestamp(),
            "counts": dict(zip(steps_of(len(row.counts)), row.counts, strict=True)),
            "numbers": row.numbers or {},
            "metrics": _metrics(row),
        }
    )


def metrics_of(policy: ScalingPolicy) -> tuple[str, ...]:
    """The policy's metrics as a sentence names them."""
    return (_NAMES[policy.metric],) if policy.metric else ()


def decided_because(row: ScalingEvent) -> str:
    """Why the scaler decided so, in a sentence without the counts; empty for other events."""
    event = decided(row)
    return "" if event is None else sentence(event).partition(": ")[2]


def _metrics(row: ScalingEvent) -> tuple[str, ...]:
    """The names of an event's metrics: as it stored them, else as the policy says.

    A policy that was changed since may have another metric now, unless the target is the same.
    """
    numbers = row.numbers or {}
    target = numbers.get(f"{METRIC}_target")
    if target is None:
        return ()
    stored = tuple(name for metric, name in _NAMES.items() if f"{METRIC_IS}{metric}" in numbers)
    if stored:
        return stored
    policy = row.service.policy
    same = policy.version == row.policy_version or policy.metric_target == target
    return metrics_of(policy) if same else ("its metric",)
