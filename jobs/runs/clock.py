"""Runs of crons: those that Nomad's clock has started, those that it has not, and by hand."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import takewhile

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from jobs import servers
from jobs.document import ServiceDoc
from jobs.errors import ClusterError
from jobs.nomad import Allocation
from jobs.specs import names
from platform_admin.models import Cell, Colour, Launches, Run, Service
from platform_admin.rules.cron import CronError, read, upcoming, zone_of
from platform_admin.rules.runs import DEFAULT_LIMIT_S, on_one_line, runs_at
from platform_admin.verbs.live import live_doc, live_release
from platform_admin.verbs.queue import enqueue
from platform_admin.verbs.runs import BY_CLOCK, claim

GRACE = timedelta(seconds=20)
"""How long after its time a launch may be seen."""
REMEMBERED = timedelta(hours=3)
"""Nomad forgets a run after four hours: of older launches nobody knows whether they ran."""
ANSWERED = timedelta(seconds=20)
"""How long after Nomad was asked for a run it may come to be seen."""
_log = logging.getLogger(__name__)


def force(run: Run) -> None:
    """Start a cron's run by hand: Nomad is asked once, whatever becomes of its answer."""
    service = run.service
    namespace = service.environment.app.team.namespace
    now = datetime.now(UTC)
    if run.tried_at is not None:
        _lost(run, now)
        return
    if _going(service, but=run):
        _write(run, Run.State.SKIPPED, "Another run of it was under way.")
        return
    if not claim(run):
        return
    found = servers.nomad().force(namespace, service.slug)
    adopt(run, found)


def adopt(run: Run, job: str) -> None:
    """Note which job Nomad has made of a run by hand; it may have been seen before this."""
    with transaction.atomic():
        # One that was found first and taken for another hand's is this one.
        Run.objects.filter(service=run.service, job=job).exclude(pk=run.pk).delete()
        Run.objects.filter(pk=run.pk, job="").update(job=job, state=Run.State.WAITING)
    run.refresh_from_db()


def discover(cell: Cell, allocations: Iterable[Allocation], known: set[str]) -> None:
    """Make a row for each run of a cron that is seen for the first time.

    `known`: the instances that were looked at before, kept by the caller.
    """
    launched = {each.id: each for each in allocations if "/periodic-" in each.job_id}
    for each in launched.values():
        if each.id not in known:
            _found(cell, each)
    known.clear()
    known.update(launched)


def look() -> None:
    """Note what each cron should have started and has not: Nomad leaves no trace of that."""
    now = datetime.now(UTC)
    for service in _live_crons().filter(launches__checked_until__lt=now - GRACE):
        try:
            _check(service, now - GRACE)
        except ClusterError as error:
            _log.info("launches of %s: %s", service, error)
        except Exception:
            # One cron's trouble must not keep the others from being looked at.
            _log.exception("launches of %s", service)


def _live_crons() -> QuerySet[Service]:
    """The crons of which the clock is on."""
    on = Colour.objects.filter(colour=F("service__rollout__live"), acknowledged__gt=0)
    crons = Service.objects.filter(kind=Service.Kind.CRON, pk__in=on.values("service"))
    return crons.select_related("environment__app__team", "rollout", "launches")


def _check(service: Service, until: datetime) -> None:
    since = max(service.launches.checked_until, until - REMEMBERED)
    doc = live_doc(service)
    for moment in _moments(doc, since, until) if doc else ():
        if not Run.objects.filter(service=service, kind=Run.Kind.CLOCK, launch_at=moment).exists():
            _missed(service, moment, (doc.time_zone if doc else None) or "UTC")
    Launches.objects.filter(service=service, checked_until=service.launches.checked_until).update(
        checked_until=until
    )


def _moments(doc: ServiceDoc, since: datetime, until: datetime) -> list[datetime]:
    """The launches of a cron after `since`, up to `until`."""
    try:
        cron, zone = read(doc.schedule or ""), zone_of(doc.time_zone or "")
    except (CronError, KeyError):
        return []
    return list(takewhile(lambda moment: moment <= until, upcoming(cron, zone, since)))


def _missed(service: Service, moment: datetime, time_zone: str) -> None:
    """A launch that nobody has seen: it waits for a place in Nomad, or there was none."""
    job = names.launched_job_id(service.slug, int(moment.timestamp()))
    if servers.nomad().job(service.environment.app.team.namespace, job) is not None:
        _make(service, job, moment, Run.State.WAITING, "")
        return
    before = _under_way(service, moment)
    if before is not None:
        at = f"{before.launch_at.astimezone(zone_of(time_zone)):%H:%M}"
        said = f"The run of {at} ({time_zone}) was still under way: runs never overlap."
    else:
        said = "Nomad did not start it."
    _make(service, "", moment, Run.State.SKIPPED, said)


def _under_way(service: Service, moment: datetime) -> Run | None:
    """The run that had not ended at this moment."""
    going = Q(ended_at__isnull=True) | Q(ended_at__gt=moment)
    runs = service.runs.filter(going, kind__in=BY_CLOCK, launch_at__lt=moment)
    return runs.exclude(state=Run.State.SKIPPED).order_by("-launch_at").first()


def _found(cell: Cell, allocation: Allocation) -> None:
    launch = names.launch_of(allocation.job_id)
    if launch is None:
        return
    slug, at = launch
    service = Service.objects.filter(
        slug_row=slug,
        kind=Service.Kind.CRON,
        environment__cell=cell,
        environment__app__team__namespace=allocation.namespace,
    ).first()
    if service is None or service.runs.filter(job=allocation.job_id).exists():
        return
    moment = datetime.fromtimestamp(at, UTC)
    asked = service.runs.filter(kind=Run.Kind.HAND, state=Run.State.ASKED, job="")
    # Nomad names a run by hand by the second in which it was asked for.
    mine = asked.filter(tried_at__lt=moment + timedelta(seconds=2)).first()
    if mine is not None and mine.tried_at and mine.tried_at > moment - ANSWERED:
        adopt(mine, allocation.job_id)
    else:
        _make(service, allocation.job_id, moment, Run.State.WAITING, "")


def _make(service: Service, job: str, moment: datetime, state: str, reason: str) -> None:
    """The row of a run that Nomad has started, or should have."""
    doc = live_doc(service)
    by_clock = not job or (
        doc is not None and runs_at(doc.schedule or "", doc.time_zone or "", moment)
    )
    skipped = state == Run.State.SKIPPED
    try:
        with transaction.atomic():
            run = Run.objects.create(
                service=service,
                kind=Run.Kind.CLOCK if by_clock else Run.Kind.HAND,
                state=state,
                command=on_one_line(doc.command) if doc else service.command,
                release=live_release(service),
                job=job,
                limit_s=(doc.time_limit_s if doc else None) or DEFAULT_LIMIT_S,
                launch_at=moment,
                ended_at=moment if skipped else None,
                tidied_at=datetime.now(UTC) if skipped else None,
                reason=reason,
            )
    except IntegrityError:
        # Another observer was first.
        return
    if not skipped:
        enqueue("deploy", "jobs.runs.loop.step", run.pk)


def _going(service: Service, but: Run) -> bool:
    return service.runs.filter(kind__in=BY_CLOCK, state__in=Run.OPEN).exclude(pk=but.pk).exists()


def _lost(run: Run, now: datetime) -> None:
    """Nomad was asked, and its answer never came: what it made of it is seen, or there is none."""
    if run.tried_at and now > run.tried_at + ANSWERED:
        said = "Nomad did not answer: whether it ran is not known. Run it again if it did not."
        _write(run, Run.State.FAILED, said)


def _write(run: Run, state: str, reason: str) -> None:
    Run.objects.filter(pk=run.pk, state__in=Run.OPEN).update(
        state=state, reason=reason, ended_at=datetime.now(UTC)
    )
    run.refresh_from_db()
