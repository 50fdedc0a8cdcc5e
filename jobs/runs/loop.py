"""Working on runs: each look is a short job, harmless when it is done twice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError

from jobs import servers
from jobs.errors import ClusterError, Refused
from jobs.runs import once
from jobs.runs.clock import force
from jobs.runs.follow import follow, overdue
from jobs.runs.start import clear
from platform_admin.models import Reservation, Run
from platform_admin.verbs.queue import enqueue

INTERVAL_S = 1
KEPT = 200
"""So many runs of each service are kept."""
NEVER_STARTED = timedelta(minutes=10)
"""How long a command that a person waits for may wait for a place."""
_log = logging.getLogger(__name__)


def due() -> None:
    """Enqueue a look at every run that has not ended, or of which something stands in Nomad."""
    for run in Run.objects.filter(tidied_at__isnull=True).order_by("pk"):
        if run.kind != Run.Kind.RELEASE:
            enqueue("deploy", "jobs.runs.loop.step", run.pk, ttl_s=INTERVAL_S)


def step(run_id: int) -> None:
    """Go on with a run: start it, look at it, or take away what it leaves in Nomad."""
    run = (
        Run.objects.select_related("service__environment__app__team", "service__environment__cell")
        .select_related("release")
        .filter(pk=run_id, tidied_at__isnull=True)
        .first()
    )
    if run is None:
        return
    try:
        _advance(run)
    except ClusterError as error:
        if isinstance(error, Refused) and run.state == Run.State.ASKED:
            _end(run, Run.State.FAILED, f"It could not be started: {error.message}")
            return
        _log.info("run %s: %s", run, error)
        _waits(run, f"Waiting: {error.message}")
    except Run.DoesNotExist:
        # Its service is gone, and it with it.
        return
    except DatabaseError:
        raise
    except Exception:
        _log.exception("run %s", run)


def _advance(run: Run) -> None:
    asked = run.state == Run.State.ASKED
    if asked and run.cancelled_by and not run.tried_at:
        _end(run, Run.State.CANCELLED, f"Cancelled by {run.cancelled_by}.")
    elif asked and not run.tried_at and _never_starts(run, datetime.now(UTC)):
        said = f"It could not be started within {_minutes()} minutes. {run.reason}".strip()
        _end(run, Run.State.FAILED, said)
    elif asked:
        _START[run.kind](run)
    elif run.open:
        _look(run)
    if not run.open:
        _tidy(run)


def _look(run: Run) -> None:
    now = datetime.now(UTC)
    follow(run)
    if not run.open:
        return
    if run.cancelled_by or overdue(run, now):
        # Not purged: how it ends is still to be seen.
        servers.nomad().stop(run.service.environment.app.team.namespace, run.job)
    elif _never_starts(run, now):
        said = f"It found no place within {_minutes()} minutes. {run.reason}".strip()
        _end(run, Run.State.FAILED, said)


def _never_starts(run: Run, now: datetime) -> bool:
    waits = run.kind == Run.Kind.ONCE and run.state in (Run.State.ASKED, Run.State.WAITING)
    return waits and now > run.launch_at + NEVER_STARTED


def _minutes() -> int:
    return NEVER_STARTED.seconds // 60


def _tidy(run: Run) -> None:
    """Nothing of a one-off command stays in Nomad; then its room is free. Old runs go."""
    if run.kind == Run.Kind.ONCE and run.job:
        clear(run.service.environment.app.team.namespace, run.job)
    Reservation.objects.filter(run=run).delete()
    Run.objects.filter(pk=run.pk).update(tidied_at=datetime.now(UTC))
    forget_old(run.service_id)


def forget_old(service: int) -> None:
    """Delete a service's runs beyond the newest that are kept."""
    ended = Run.objects.filter(service=service, tidied_at__isnull=False)
    old = ended.order_by("-launch_at", "-pk").values_list("pk", flat=True)[KEPT:]
    Run.objects.filter(pk__in=list(old)).delete()


def _end(run: Run, state: str, reason: str) -> None:
    """End it as it was read: not where somebody has begun to start it since."""
    as_read = Run.objects.filter(pk=run.pk, state=run.state, tried_at=run.tried_at)
    open_ = as_read.filter(state__in=Run.OPEN)
    if open_.update(state=state, reason=reason, ended_at=datetime.now(UTC)):
        run.refresh_from_db()


def _waits(run: Run, reason: str) -> None:
    if run.open and run.reason != reason:
        Run.objects.filter(pk=run.pk, state__in=Run.OPEN).update(reason=reason)


_START: Mapping[str, Callable[[Run], None]] = {
    Run.Kind.ONCE: once.start,
    Run.Kind.HAND: force,
}
