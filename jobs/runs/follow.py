"""One look at a run in Nomad, written into its row."""

from __future__ import annotations

import logging
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

from jobs import servers
from jobs.deploy.evidence import not_placed
from jobs.errors import ClusterError, Missing, Refused
from jobs.nomad import Allocation
from jobs.runs import log
from jobs.runs.outcome import Outcome, outcome
from platform_admin.models import Run

LATE = timedelta(seconds=60)
"""How long after its limit a run is ended by Muster: an older Nomad does not know the limit."""
LIVE_BYTES = 16 * 1024
_log = logging.getLogger(__name__)


def follow(run: Run) -> Run:
    """The run as it is in Nomad now; raises ClusterError, and then the last state stays."""
    namespace = run.service.environment.app.team.namespace
    found = newest(namespace, run.job)
    if found is None:
        return _unplaced(run, namespace)
    seen = outcome(found, limit_s=run.limit_s, cancelled_by=run.cancelled_by)
    try:
        written = _written(run, found, ended=found.terminal)
    except Refused as error:
        # It is not asked again: how it ended is known without it.
        said = f"{seen.reason} Its log could not be read: {error.message.rstrip('.')}.".strip()
        seen, written = replace(seen, reason=said), {}
    return _write(run, seen, allocation=found.id, **written)


def newest(namespace: str, job_id: str) -> Allocation | None:
    """The instance of a command's job; None while Nomad has placed none."""
    instances = servers.nomad().job_allocations(namespace, job_id)
    return max(instances, key=lambda each: each.create_time_ns, default=None)


def overdue(run: Run, now: datetime) -> bool:
    """Whether it runs on although its time is over."""
    limit = timedelta(seconds=run.limit_s) + LATE
    return run.state == Run.State.RUNNING and bool(run.started_at and now > run.started_at + limit)


def _unplaced(run: Run, namespace: str) -> Run:
    """It waits for a place, or its job is gone with all that it did."""
    if servers.nomad().job(namespace, run.job) is None:
        if run.cancelled_by:
            said = Outcome("cancelled", f"Cancelled by {run.cancelled_by}.", ended_at=_now())
        else:
            said = Outcome("failed", "Its job is gone from Nomad: how it ended is not known.")
        return _write(run, said)
    if run.cancelled_by:
        return _write(run, Outcome("cancelled", f"Cancelled by {run.cancelled_by}."))
    return _write(run, Outcome("waiting", not_placed(namespace, run.job)))


def _written(run: Run, instance: Allocation, *, ended: bool) -> dict[str, object]:
    """What it wrote, whole enough to be kept at its end; as it was where Nomad does not say."""
    try:
        found = log.end_of(instance.id, log.KEPT_BYTES if ended else LIVE_BYTES)
    except Missing:
        return {}
    except ClusterError as error:
        if ended:
            raise
        _log.info("log of %s: %s", run, error)
        return {}
    return {"log": found.text, "log_cut": found.cut}


def _write(run: Run, seen: Outcome, **more: object) -> Run:
    """The row with what was seen; what ended stays as it ended."""
    known = {name: value for name, value in asdict(seen).items() if value is not None}
    values = known | more
    if seen.state not in Run.OPEN:
        values.setdefault("ended_at", _now())
    changed = {name: value for name, value in values.items() if getattr(run, name) != value}
    if changed:
        Run.objects.filter(pk=run.pk, state__in=Run.OPEN).update(**changed)
        run.refresh_from_db()
    return run


def _now() -> datetime:
    return datetime.now(UTC)
