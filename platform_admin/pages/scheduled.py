"""What a service's schedule holds now, for sentences and for the drawing of its next days."""

from __future__ import annotations

import numpy as np
from django.conf import settings

from platform_admin.models import ScalingPolicy
from platform_admin.rules.schedules import read, zone_of
from scaler.rules.events import Event
from scaler.rules.schedule import InForce, Scheduled, in_force, limits, named, row_of
from scaler.rules.schedule_words import limit


def ahead_s(policy: ScalingPolicy) -> float:
    """How many seconds before its time a floor is ordered: a start-up and an interval."""
    start_up_s = policy.start_up_measured_s or policy.start_up_s
    return float(np.ceil(start_up_s)) + float(settings.MUSTER_SCALING_INTERVAL_S)


def numbers_of(policy: ScalingPolicy | None, now: float) -> dict[str, float]:
    """The numbers under which a decision at `now` stores its schedule; empty without one."""
    if policy is None or not policy.windows:
        return {}
    zone = zone_of(policy.time_zone, settings.TIME_ZONE)
    found: InForce = in_force(read(policy.windows), zone, now, ahead_s(policy))
    alone = Scheduled(np.zeros(1, dtype=np.int64), np.array([row_of(found, zone)]))
    known = {name: float(column[0]) for name, column in limits(alone, 1, now).items()}
    return {name: figure for name, figure in known.items() if np.isfinite(figure)} | named(found)


def now_in_words(policy: ScalingPolicy, now: float) -> str:
    """`at least 5 until 18:00 by the schedule Weekdays`; empty where nothing holds now."""
    event = Event(now, (), numbers_of(policy, now))
    return ", ".join(filter(None, (limit(event, "least"), limit(event, "most"))))
