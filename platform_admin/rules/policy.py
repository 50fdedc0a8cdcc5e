"""What may stand in a scaling policy, and what stands there at first. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobs.document.types import SCALED
from platform_admin.rules.fields import WORKER, Errors, Found, collected
from platform_admin.rules.schedules import in_words, read, stored, time_zone_error, windows_errors
from scaler.rules.windows import Window

MODES = ("off", "shadow", "on")
STRATEGIES = ("learned", "fixed")
METRICS = ("", "rate", "concurrency")
UNKNOWNS = ("hold", "floor", "step")
LONGEST_WINDOW_S = 3600
LONGEST_PERIOD_S = 1800
LONGEST_TARGET_MS = 3_600_000
LONGEST_S = 86_400
SMALLEST_TARGET = 0.001
LARGEST_TARGET = 1e6
QUEUE_LENGTH = 120


@dataclass(frozen=True)
class PolicyFields:
    """What a policy's form, file or call says; seconds, instances, None for a signal not used.

    `strategy`: "learned" follows what the service's own load teaches, by `latency_ms` and
    `late_price` (what a late request is worth, instance-seconds) or by `drain_s`; "fixed" the rules
    below. `latency_ms` is the 95th percentile to stay under, `drain_s` how long a job may wait. Up
    and down: at most so many percent or instances in a period (the larger one; None is no limit).
    `windows` of the schedule are in `time_zone`, the platform's where that is empty.
    `guard_s`: what would wait longer is answered at once instead, whatever the mode.
    """

    mode: str = "shadow"
    strategy: str = "learned"
    late_price: float = 0.2
    latency_ms: int | None = None
    guard_s: int | None = None
    recovery_s: int = 30
    queue: str = ""
    drain_s: int | None = None
    jobs_per_worker: float | None = None
    metric: str = ""
    metric_target: float | None = None
    tolerance: float = 0.1
    up_window_s: int = 0
    up_percent: int | None = 100
    up_instances: int | None = 10
    up_period_s: int = 15
    up_cooldown_s: int = 0
    down_window_s: int = 300
    down_percent: int | None = None
    down_instances: int | None = None
    down_period_s: int = 60
    down_cooldown_s: int = 0
    unknown: str = "hold"
    unknown_after_s: int = 60
    floor: int = 0
    start_up_s: int = 30
    time_zone: str = ""
    windows: tuple[Window, ...] = ()


def row_of(fields: PolicyFields) -> dict[str, Any]:
    """The fields as a row, or a file of JSON, holds them."""
    return {**vars(fields), "windows": stored(fields.windows)}


def fields_of(row: Mapping[str, Any]) -> PolicyFields:
    """The fields from such a row."""
    return PolicyFields(**{**row, "windows": read(row["windows"])})


def told(fields: PolicyFields) -> dict[str, object]:
    """The fields as they are compared and told, the windows in words."""
    return {**vars(fields), "windows": in_words(fields.windows)}


def default_policy(kind: str) -> PolicyFields:
    """The policy that a new service of this kind begins with: it decides, and changes nothing.

    A web or private service has a target of 500 ms; a worker's queue must be named first;
    what is not scaled has a policy that is off.
    """
    if kind not in SCALED:
        return PolicyFields(mode="off")
    if kind == WORKER:
        return PolicyFields(drain_s=60, down_window_s=60)
    return PolicyFields(latency_ms=500)


def policy_errors(
    fields: PolicyFields, kind: str, maximum: int | None = None, minimum: int | None = None
) -> Errors:
    """What is wrong with a policy of a service of this kind, sentences by field.

    `maximum` and `minimum` are the service's, None where they are not known.
    """
    return collected(
        (
            *_choices(fields),
            *(_of_worker(fields) if kind == WORKER else _of_server(fields)),
            *_learned(fields, kind),
            *_targets(fields),
            *_behaviour(fields),
            ("floor", _floor(fields, maximum)),
            ("time_zone", time_zone_error(fields.time_zone)),
            *windows_errors(fields.windows, minimum, maximum),
        )
    )


def _choices(fields: PolicyFields) -> Found:
    for field, found, known in (
        ("mode", fields.mode, MODES),
        ("strategy", fields.strategy, STRATEGIES),
        ("metric", fields.metric, METRICS),
        ("unknown", fields.unknown, UNKNOWNS),
    ):
        if found not in known:
            words = ", ".join(word or "nothing" for word in known)
            yield field, f"{found!r} is none of them: choose one of {words}."


def _of_worker(fields: PolicyFields) -> Found:
    for field in ("latency_ms", "guard_s", "metric_target"):
        if getattr(fields, field) is not None:
            yield field, "A worker has no traffic of its own: leave this empty."
    if fields.metric:
        yield "metric", "A worker has no traffic of its own: leave this empty."
    follows = fields.drain_s is not None or fields.jobs_per_worker is not None
    if fields.mode == "on" and follows and not fields.queue:
        yield "queue", "No queue is named, so nothing is known of it: write its name."
    if len(fields.queue) > QUEUE_LENGTH or not fields.queue.isprintable():
        yield "queue", f"{fields.queue!r} is no name of a queue: use at most {QUEUE_LENGTH} signs."


def _of_server(fields: PolicyFields) -> Found:
    for field in ("drain_s", "jobs_per_worker"):
        if getattr(fields, field) is not None:
            yield field, "Only a worker has a queue: leave this empty."
    if fields.queue:
        yield "queue", "Only a worker has a queue: leave this empty."
    if fields.metric and fields.metric_target is None:
        yield "metric_target", "The metric has no target: give one above 0."
    if not fields.metric and fields.metric_target is not None:
        yield "metric", "There is a target, but no metric that it is for: choose one."
    yield "guard_s", _guard(fields)


def _learned(fields: PolicyFields, kind: str) -> Found:
    """What learns follows one target: another signal alone would leave it with none."""
    of_server, of_worker = ("latency_ms", "metric_target"), ("drain_s", "jobs_per_worker")
    target, other = of_worker if kind == WORKER else of_server
    learned = fields.strategy == "learned"
    follows = getattr(fields, other) is not None or (kind != WORKER and fields.mode == "on")
    if learned and getattr(fields, target) is None and follows:
        yield target, "What learns follows this alone, and it is empty: give one, or fixed rules."


def _guard(fields: PolicyFields) -> str | None:
    """What an instance holds is learned by the latency target, and wins time only above it."""
    if fields.guard_s is None:
        return None
    if fields.latency_ms is None:
        return "What an instance holds is learned by its target: say within what it is to answer."
    if 1000 * fields.guard_s <= fields.latency_ms:
        return (
            f"{fields.guard_s} s is not above the {fields.latency_ms} ms to answer within, so what"
            " is in time would be turned away: use more, or leave this empty."
        )
    return _target(fields.guard_s, LONGEST_WINDOW_S)


def _targets(fields: PolicyFields) -> Found:
    yield "late_price", _target(fields.late_price, LARGEST_TARGET)
    yield "latency_ms", _target(fields.latency_ms, LONGEST_TARGET_MS)
    yield "recovery_s", _target(fields.recovery_s, LONGEST_WINDOW_S)
    yield "drain_s", _target(fields.drain_s, LONGEST_S)
    yield "jobs_per_worker", _target(fields.jobs_per_worker, LARGEST_TARGET)
    yield "metric_target", _target(fields.metric_target, LARGEST_TARGET)


def _behaviour(fields: PolicyFields) -> Found:
    if not 0 <= fields.tolerance < 1:
        yield "tolerance", f"{fields.tolerance:g} is out of range: use a share from 0 to below 1."
    for way in ("up", "down"):
        for name, low, high in (
            ("window_s", 0, LONGEST_WINDOW_S),
            ("cooldown_s", 0, LONGEST_WINDOW_S),
            ("period_s", 1, LONGEST_PERIOD_S),
        ):
            yield f"{way}_{name}", _between(getattr(fields, f"{way}_{name}"), low, high)
        for name in ("percent", "instances"):
            yield f"{way}_{name}", _target(getattr(fields, f"{way}_{name}"), LARGEST_TARGET)
    yield "unknown_after_s", _between(fields.unknown_after_s, 0, LONGEST_WINDOW_S)
    yield "floor", _between(fields.floor, 0, int(LARGEST_TARGET))
    yield "start_up_s", _between(fields.start_up_s, 0, LONGEST_WINDOW_S)


def _floor(fields: PolicyFields, maximum: int | None) -> str | None:
    if maximum is None or fields.unknown != "floor" or fields.floor <= maximum:
        return None
    return (
        f"A floor of {fields.floor} is above at most {maximum}: use {maximum} or fewer, or raise"
        " the maximum."
    )


def _target(found: float | None, most: float) -> str | None:
    if found is None or (math.isfinite(found) and SMALLEST_TARGET <= found <= most):
        return None
    return f"{found:g} is no target: use a number from {SMALLEST_TARGET:g} to {most:,.0f}."


def _between(found: int, low: int, high: int) -> str | None:
    if low <= found <= high:
        return None
    return f"{found} is out of range: use a number from {low} to {high}."
