"""Whether a live job is still as it was registered; what is not is shown, never adopted."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import cast

from django.db.models import F

from jobs import servers
from jobs.deploy.counts import MISSING, STOPPED
from jobs.deploy.with_count import with_count
from jobs.errors import ClusterError
from jobs.specs.names import ONE_JOB
from platform_admin.models import Colour

CHANGED = "the job was changed in Nomad"
AT_ONCE = 40
LENGTH = 300
_log = logging.getLogger(__name__)


def look() -> None:
    """Compare the live jobs of services at rest that were not compared for longest."""
    live = Colour.objects.filter(
        colour=F("service__rollout__live"),
        service__rollout__deployment__isnull=True,
        service__deletion__isnull=True,
        job__isnull=False,
    )
    chosen = live.select_related("service__environment__app__team")
    for colour in chosen.order_by(F("compared_at").asc(nulls_first=True))[:AT_ONCE]:
        try:
            drift = _drift_of(colour)
        except ClusterError as error:
            _log.warning("drift of %s: %s", colour, error)
            return
        Colour.objects.filter(pk=colour.pk, job=colour.job).update(
            drift=drift, compared_at=datetime.now(UTC)
        )


def _drift_of(colour: Colour) -> str:
    """What Nomad's plan of the stored job says; a job that is away is for `apply` to judge.

    A cron's is judged here: nobody counts what runs of it.
    """
    stored = cast(dict[str, object], colour.job)
    present = servers.nomad().job(str(stored["Namespace"]), str(stored["ID"]))
    by_clock = colour.service.kind in ONE_JOB
    if present is None or present.stopped:
        return (STOPPED if present else MISSING) if by_clock else colour.drift
    plan = servers.nomad().plan(with_count(stored, present.count))
    if plan.edits:
        return f"{CHANGED}: {', '.join(plan.edits)}"[:LENGTH]
    return colour.drift if colour.drift in (MISSING, STOPPED) and not by_clock else ""
