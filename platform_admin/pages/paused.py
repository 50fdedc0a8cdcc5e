"""A service whose scaling is paused: since when, by whom, and what waits meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from platform_admin.models import AuditEvent, ScalingPolicy, Service
from platform_admin.pages.figures import old
from platform_admin.pages.measured import Measured, moment
from scaler.rules.figures import counted, plain, seconds


@dataclass(frozen=True)
class Paused:
    """`by` is "" where nobody is known, `waits` is a sentence, "" for what has no queue."""

    since: datetime | None
    by: str
    waits: str


def paused_of(service: Service, hour: Measured, now: datetime) -> Paused | None:
    """What to say of a pause; None for a service that is not paused, or that nothing scales."""
    policy = service.policy
    if not policy.paused or policy.mode != ScalingPolicy.Mode.ON:
        return None
    worker = service.kind == Service.Kind.WORKER
    return Paused(policy.paused_at, _by(service), _waits(hour, now) if worker else "")


def _by(service: Service) -> str:
    """Who paused it, as the audit has it."""
    since = service.policy.paused_at
    if since is None:
        return ""
    pauses = AuditEvent.objects.filter(
        team=service.environment.app.team_id,
        verb="pause scaling",
        object_kind="service",
        object_name=str(service),
        at__gte=since,
    )
    last = pauses.order_by("-at").first()
    return last.actor_name if last else ""


def _waits(hour: Measured, now: datetime) -> str:
    jobs, oldest_s, read = hour.values["waiting"], hour.values["oldest"], hour.moments["waiting"]
    if np.isnan(jobs) or np.isnan(read) or old(moment(read), now):
        return "How much waits is not known."
    if jobs == 0:
        return "No job waits."
    said = f"{counted(jobs, 'job', 'jobs')} {'waits' if plain(jobs) == '1' else 'wait'}"
    return f"{said}." if np.isnan(oldest_s) else f"{said}, the oldest for {seconds(oldest_s)}."
