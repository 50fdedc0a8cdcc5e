"""The figures of a service: what it is now, what that is measured against, a line of the hour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings

from jobs.deploy.gap import STEP as GAP
from platform_admin.models import DeploymentStep, ScalingPolicy, Service
from platform_admin.pages import shape
from platform_admin.pages.measured import Measured, moment
from platform_admin.rules.state import Counts
from scaler.rules.figures import percent, plain, seconds
from scaler.rules.freshness import FRESH_INTERVALS

HEIGHT = 24
NO_REQUESTS, NONE_WAITS = "no requests", "none"


@dataclass(frozen=True)
class Figure:
    """One figure: its words, and the paths of its line; `as_of` only where it is old.

    `value` is "" where there is no data. `over` says that it misses its target, whose height in
    the line is `target_y`.
    """

    label: str
    value: str
    beside: str = ""
    line: str = ""
    steps: bool = False
    target_y: float | None = None
    over: bool = False
    as_of: datetime | None = None


def figures(
    service: Service, policy: ScalingPolicy | None, counts: Counts, hour: Measured, now: datetime
) -> tuple[Figure, ...]:
    """The four figures of a service's page, by its kind."""
    first = instances(counts, hour, now)
    if service.kind == Service.Kind.SINGLETON:
        return (first, gap(service))
    if service.kind == Service.Kind.WORKER:
        return (first, *_of_queue(policy, hour, now))
    return (first, *_of_edge(policy, hour, now, service.in_flight_limit))


def gap(service: Service) -> Figure:
    """For how long its last release left it without an instance."""
    steps = DeploymentStep.objects.filter(service=service, name=GAP)
    last = steps.select_related("deployment__release").order_by("-started_at").first()
    if last is None or last.finished_at is None:
        return Figure("Gap at its last release", "")
    length = (last.finished_at - last.started_at).total_seconds()
    return Figure(
        "Gap at its last release", seconds(length), f"release {last.deployment.release.number}"
    )


def instances(counts: Counts, hour: Measured, now: datetime) -> Figure:
    """Healthy instances of those wanted."""
    series = hour.series["instances"]
    top = max(shape.most_of(series), counts.desired, 1)
    return Figure(
        "Instances",
        str(counts.healthy),
        f"of {counts.desired}",
        shape.steps(series, top, HEIGHT),
        steps=True,
        as_of=_read_at(hour, "instances", now),
    )


def against_target(
    service: Service, policy: ScalingPolicy | None, hour: Measured, now: datetime
) -> Figure:
    """A worker's oldest wait, else the p95, against the policy's target."""
    if service.kind == Service.Kind.WORKER:
        return _oldest(policy, hour, now)
    return _p95(policy, hour, now)


def demand(service: Service, hour: Measured, now: datetime) -> Figure:
    """A worker's waiting jobs, else the requests."""
    if service.kind == Service.Kind.WORKER:
        return _figure("Waiting", hour, "waiting", now, _jobs)
    return _figure("Requests", hour, "requests", now, _rate)


def _of_edge(
    policy: ScalingPolicy | None, hour: Measured, now: datetime, limit: int | None
) -> tuple[Figure, Figure, Figure]:
    failed, all_of_them = hour.values["errors"], hour.values["requests"]
    share = f"{percent(failed / all_of_them)} of all" if failed > 0 and all_of_them > 0 else ""
    if hour.values["refused"] > 0:
        share += f", {_rate(hour.values['refused'])} turned away"
    return (
        _p95(policy, hour, now),
        _figure("Requests", hour, "requests", now, _rate, beside=_at_once(limit)),
        _figure("Errors", hour, "errors", now, _rate, beside=share),
    )


def _at_once(limit: int | None) -> str:
    """How many the guard lets in at once."""
    return f"at most {limit:,} at once" if limit else ""


def _of_queue(
    policy: ScalingPolicy | None, hour: Measured, now: datetime
) -> tuple[Figure, Figure, Figure]:
    return (
        _oldest(policy, hour, now),
        _figure("Waiting", hour, "waiting", now, _jobs),
        _figure("Done", hour, "done", now, lambda value: f"{plain(value)} a minute"),
    )


def _p95(policy: ScalingPolicy | None, hour: Measured, now: datetime) -> Figure:
    target = policy.latency_ms / 1000 if policy and policy.latency_ms else None
    quiet = hour.values["requests"] == 0
    return _figure(
        "p95", hour, "p95", now, seconds, target=target, none=NO_REQUESTS if quiet else ""
    )


def _oldest(policy: ScalingPolicy | None, hour: Measured, now: datetime) -> Figure:
    target = float(policy.drain_s) if policy and policy.drain_s else None
    found = _figure("Oldest wait", hour, "oldest", now, seconds, target=target)
    if hour.values["waiting"] != 0:
        return found
    return replace(found, value=NONE_WAITS, beside=_beside(target, NONE_WAITS), over=False)


def _figure(
    label: str,
    hour: Measured,
    name: str,
    now: datetime,
    words: Callable[[float], str],
    *,
    target: float | None = None,
    beside: str = "",
    none: str = "",
) -> Figure:
    """The figure of a series; `none` is what is said where a reading has no value."""
    value, series = hour.values[name], hour.series[name]
    top = max(shape.most_of(series), target or 0.0)
    return Figure(
        label,
        none if np.isnan(value) else words(value),
        _beside(target, none) or beside,
        shape.line(series, top, HEIGHT),
        target_y=round(HEIGHT * (1 - target / top), 1) if target else None,
        over=target is not None and value > target,
        as_of=_read_at(hour, name, now),
    )


def _beside(target: float | None, none: str) -> str:
    """What a figure is measured against; the target alone where nothing came that could miss it."""
    if target is None:
        return ""
    return f"target {seconds(target)}" if none else f"of {seconds(target)}"


def old(moment: datetime | None, now: datetime) -> datetime | None:
    """The moment, if a figure of it is an old one."""
    limit = timedelta(seconds=FRESH_INTERVALS * settings.MUSTER_SCALING_INTERVAL_S)
    return moment if moment is not None and now - moment > limit else None


def _read_at(hour: Measured, name: str, now: datetime) -> datetime | None:
    """When a figure was read, if that makes it an old one."""
    read = hour.moments[name]
    return None if np.isnan(read) else old(moment(read), now)


def _rate(value: float) -> str:
    return f"{plain(value)}/s"


def _jobs(value: float) -> str:
    return plain(value)
