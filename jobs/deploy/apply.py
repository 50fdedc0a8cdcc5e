"""The only one who posts counts (releases.md, "apply")."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from jobs import servers
from jobs.deploy import rows
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
    next_count,
    restored,
)
from jobs.errors import ClusterError, Conflict, Refused
from jobs.nomad import Job
from jobs.specs import names
from platform_admin.models import Colour, Instance, Service
from platform_admin.rules.rollout import Colour as ColourName
from platform_admin.rules.rollout import ColourRow
from platform_admin.rules.split import split
from platform_admin.verbs import quota
from platform_admin.verbs.desired import override

COLOURS: tuple[ColourName, ...] = ("blue", "green")
OVERRIDE = timedelta(minutes=15)
JUST_NOW = timedelta(seconds=5)
MARK = "muster.mark"
AT_ONCE = 8
_log = logging.getLogger(__name__)


def run(service_id: int, colours: Sequence[ColourName] = COLOURS) -> None:
    """Bring a service's jobs to their split; what can not be done now comes again."""
    for colour in colours:
        try:
            bring(service_id, colour)
        except ClusterError as error:
            _log.warning("apply of service %s, %s: %s", service_id, colour, error)


def several(service_ids: Sequence[int]) -> None:
    """Apply the colours of these services that are out, eight services at a time.

    Most of the time is Nomad's. A colour that is settled is left to who sees it differ.
    """
    _apply([(each.service.pk, _out(each)) for each in rows.some(service_ids)])


def _apply(todo: Sequence[tuple[int, Sequence[ColourName]]]) -> None:
    out = [each for each in todo if each[1]]
    if len(out) == 1:
        run(*out[0])
        return
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda each: _run_alone(*each), out))


def _run_alone(service_id: int, colours: Sequence[ColourName]) -> None:
    try:
        run(service_id, colours)
    except Exception:
        # One service's trouble must not keep the others from their counts.
        _log.exception("apply of service %s", service_id)
    finally:
        connection.close()


def catch_up() -> None:
    """What `sweep` does, but for what was wanted just now, which has a job of its own."""
    sweep(wanted_before=datetime.now(UTC) - JUST_NOW)


def sweep(wanted_before: datetime | None = None) -> None:
    """Apply every service of which a colour's count is out, is not the split's, or has no job.

    With `wanted_before` not those of which another count is wanted since.
    """
    _apply([(each.service.pk, _out(each)) for each in rows.unsettled(wanted_before)])


def settled(loaded: rows.ServiceRows) -> bool:
    """Whether Nomad has acknowledged what both colours of a service should run."""
    return all(_settled(loaded, colour) for colour in COLOURS)


def _settled(loaded: rows.ServiceRows, colour: ColourName) -> bool:
    row = loaded.row(colour)
    return row.acknowledged == split(loaded.service.desired, loaded.rollout, row)


def _out(loaded: rows.ServiceRows) -> list[ColourName]:
    """The colours that are not settled, or whose job was stopped or missing when last read.

    That job may be back by now.
    """
    jobless = {
        row.colour for row in loaded.service.colours.all() if row.drift in (MISSING, STOPPED)
    }
    return [each for each in COLOURS if each in jobless or not _settled(loaded, each)]


def bring(service_id: int, colour: ColourName) -> None:
    """Read the job, decide under the lock, post, and write the answer where it still counts."""
    service = Service.objects.select_related("environment__app__team").get(pk=service_id)
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
        stays = _stays_healthy(loaded, row, wanted)
        decided = next_count(row, wanted, seen, stays_healthy=stays, mark=mark)
        if isinstance(decided, Known | Hand):
            # What was observed before this moment is of another count.
            rows.write_count(service, replace(decided.row, acknowledged_at=_now()))
        if isinstance(decided, Post):
            rows.write_count(service, decided.row)
        if isinstance(decided, Known | Hand | Post):
            quota.reserve(held, service, found=True)
        _note_drift(service, colour, decided)
        if isinstance(decided, Hand):
            _take_in(loaded, colour, decided)
    return row, decided


def _post(service: Service, namespace: str, job_id: str, before: ColourRow, post: Post) -> None:
    meta = {MARK: f"{job_id}-{post.row.mark}"}
    message = f"muster: {service.desired} instances are wanted of {service.slug}"
    try:
        scaled = servers.nomad().scale(
            namespace, job_id, post.count, index=post.index, message=message, meta=meta
        )
    except (Conflict, Refused):
        # Nothing was changed by this post, so what was known still is.
        _answer(service, restored(post.row, before))
        raise
    _answer(service, acknowledged(post.row, post.count, scaled.job_modify_index, _now()))


def _now() -> float:
    return datetime.now(UTC).timestamp()


def _answer(service: Service, row: ColourRow) -> None:
    """Write a post's outcome, only where no later post has been made meanwhile."""
    with transaction.atomic():
        held = quota.locked(service.environment.app.team)
        mine = Colour.objects.select_for_update().defer("job")
        present = mine.get(service=service, colour=row.colour)
        if present.mark == row.mark:
            known = rows.colour_row(present)
            rows.write_count(
                service,
                replace(
                    known,
                    acknowledged=row.acknowledged,
                    acknowledged_at=row.acknowledged_at,
                    at_most=row.at_most,
                    index=max(row.index, known.index),
                ),
            )
            quota.reserve(held, service, found=True)


def _stays_healthy(loaded: rows.ServiceRows, row: ColourRow, wanted: int) -> bool:
    """Whether the instances with the lowest numbers, which a lower count keeps, are healthy.

    After the start-up limit nothing is waited for any more.
    """
    limit = timedelta(seconds=loaded.service.start_limit_s)
    since = [loaded.service.desired_at, rows.moment(loaded.rollout.state_at)]
    started = max((at for at in since if at), default=None)
    if wanted == 0 or started is None or datetime.now(UTC) > started + limit:
        return True
    if rows.seconds(loaded.service.environment.cell.observed_at) < row.acknowledged_at:
        return False
    staying = Instance.objects.filter(
        service=loaded.service, colour=row.colour, ended=False, draining=False
    ).order_by("number")[:wanted]
    return len(staying) == wanted and all(instance.healthy for instance in staying)


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
