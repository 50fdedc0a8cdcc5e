from __future__ import annotations

from typing import Any

from jobs.specs.command import once
from jobs.specs.durations import HOUR_S
from jobs.specs.group import batch_job
from jobs.specs.placement import placement
from jobs.specs.unit import Unit

LIMIT_S = HOUR_S
"""How long a run may take where nobody has said it."""


def cron(unit: Unit, release: int, count: int) -> dict[str, Any]:
    """The job of a service that runs by the clock: Nomad starts a child of it at each time.

    With a `count` of 0 the clock is off. Nothing of it tells the release. Nomad takes an
    expression in `Specs`; the field `Spec` is deprecated.
    """
    service = unit.service
    group = once(unit, service.command, service.time_limit_s or LIMIT_S)
    clock = {
        "Enabled": count > 0,
        "SpecType": "cron",
        "Specs": [service.schedule],
        "ProhibitOverlap": True,
        "TimeZone": service.time_zone or "UTC",
    }
    return {
        **batch_job(unit.job_id, unit.place, unit.meta, group),
        **placement(service),
        "Periodic": clock,
    }
