"""One colour's count: its job read, the next count decided under the lock, posted, answered."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.db import transaction

from jobs import servers
from jobs.deploy import clock, rows
from jobs.deploy.counts import (
    MISSING,
    STOPPED,
    Drift,
    Hand,
    JobSeen,
    Known,
    Next,
    Post,
    acknowledged,
    answered,
    next_count,
    restored,
)
from jobs.deploy.ended import may_start
from jobs.deploy.posting import MARK, healths, post, stays_healthy
from jobs.errors import Conflict, Refused
from jobs.nomad import Job
from jobs.specs import names
from platform_admin.models import Colour, Service
from platform_admin.rules.rollout import Colour as ColourName
from platform_admin.rules.rollout import ColourRow
from platform_admin.rules.split import split
from platform_admin.verbs import quota
from platform_admin.verbs.desired import override

OVERRIDE = timedelta(minutes=15)
_log = logging.getLogger(__name__)


def bring(service_id: int, colour: ColourName) -> None:
    """Read the job, decide under the lock, post, and write the answer where it still counts.

    Nothing of a service that is being deleted, or is gone. A cron has no count that is posted: its
    clock is brought to be on or off.
    """
    staying = Service.objects.filter(deletion__isnull=True)
    service = staying.select_related("environment__app__team").filter(pk=service_id).first()
    if service is None:
        return
    if service.kind in names.ONE_JOB:
        clock.bring(service)
        return
    namespace = service.environment.app.team.namespace
    job_id = names.job_id(service.slug, colour)
    mark = Colour.objects.values_list("mark", flat=True).get(service=service, colour=colour)
    job = servers.nomad().job(namespace, job_id)
    seen = _seen(namespace, job_id, job, service_id, colour)
    before, decided = _decide(service, colour, seen, mark)
    if isinstance(decided, Post):
        _post(service, namespace, job_id, before, decided)


def _seen(
    namespace: str, job_id: str, job: Job | None, service_id: int, colour: ColourName
) -> JobSeen | None:
    """What `next_count` reads of a job; its events only where its count is not the known one."""
    if job is None:
        return None
    row = Colour.objects.defer("job").get(service_id=service_id, colour=colour)
    seen = JobSeen(job.count, job.job_modify_index, job.stopped)
    if row.acknowledged == job.count:
        return seen
    events = servers.nomad().scale_status(namespace, job_id).events
    newest = next((event for event in events if event.count is not None), None)
    if newest is None:
        return seen
    foreign = newest.index > row.index and MARK not in newest.meta
    # One of another count came after the job was read: it is still to be noticed.
    return replace(seen, foreign=foreign, event=newest.index if newest.count == job.count else 0)


def _decide(
    service: Service, colour: ColourName, seen: JobSeen | None, mark: int
) -> tuple[ColourRow, Next]:
    """The decision, with what it changes written before anything is posted."""
    with transaction.atomic():
        held = quota.locked(service.environment.app.team)
        Colour.objects.select_for_update().only("pk").get(service=service, colour=colour)
        loaded = rows.read(service.pk)
        row = loaded.row(colour)
        wanted = split(loaded.service.desired, loaded.rollout, row)
        stays = stays_healthy(loaded, row, wanted, healths([service.pk]))
        decided = next_count(
            row, wanted, seen, stays_healthy=stays, may_start=may_start(loaded), mark=mark
        )
        if isinstance(decided, Known | Hand):
            # What was observed before this moment is of another count.
            _write(service, replace(decided.row, acknowledged_at=rows.now_s()))
        if isinstance(decided, Post):
            _write(service, decided.row)
        if isinstance(decided, Known | Hand | Post):
            quota.reserve(held, service, found=True)
        _note_drift(service, colour, decided)
        if isinstance(decided, Hand):
            _take_in(loaded, colour, decided)
    return row, decided


def _post(service: Service, namespace: str, job_id: str, before: ColourRow, asked: Post) -> None:
    try:
        index = post(namespace, job_id, service.slug, service.desired, asked)
    except (Conflict, Refused):
        # Nothing was changed by this post, so what was known still is.
        _answer(service, restored(asked.row, before))
        raise
    _answer(service, acknowledged(asked.row, asked.count, index, rows.now_s()))


def _answer(service: Service, row: ColourRow) -> None:
    """Write a post's outcome, only where no later post has been made meanwhile."""
    with transaction.atomic():
        held = quota.locked(service.environment.app.team)
        mine = Colour.objects.select_for_update().defer("job")
        present = mine.get(service=service, colour=row.colour)
        if present.mark == row.mark:
            _write(service, answered(rows.colour_row(present), row))
            quota.reserve(held, service, found=True)


def _write(service: Service, row: ColourRow) -> None:
    rows.write_counts([(service.pk, row)])


def _note_drift(service: Service, colour: ColourName, decided: Next) -> None:
    mine = Colour.objects.filter(service=service, colour=colour)
    if isinstance(decided, Drift):
        mine.exclude(drift=decided.reason).update(drift=decided.reason)
    else:
        mine.filter(drift__in=(MISSING, STOPPED)).update(drift="")


def _take_in(loaded: rows.ServiceRows, colour: ColourName, hand: Hand) -> None:
    """Another hand's count: an override at rest on the live colour, else set back."""
    at_rest = loaded.rollout.deployment is None and loaded.rollout.live == colour
    until = datetime.now(UTC) + OVERRIDE
    if at_rest:
        override(loaded.service, hand.count, until, "changed in Nomad by another hand")
    else:
        _log.warning("%s-%s: another hand's count is set back", loaded.service, colour)
