"""The observer: reads what runs, once a second where that is little, into everybody's table."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from django.conf import settings
from django.db import DatabaseError, IntegrityError, close_old_connections, transaction

from jobs import servers
from jobs.edge import Edge, edges
from jobs.errors import ClusterError, Refused, Unavailable
from jobs.nomad import Allocation
from jobs.observe.hands import Hands
from jobs.observe.known import KnownJobs
from jobs.observe.seen import Known, Seen, seen
from jobs.observe.store import store
from jobs.observe.table import Table
from jobs.runs.clock import discover
from platform_admin.models import Cell
from platform_admin.verbs import clock
from platform_admin.verbs.faults_followed import follow_faults
from platform_admin.verbs.limits import note_start_ups, note_stops

INTERVAL_S = 1.0
REST = 9.0
"""Times the CPU time of a round: so long it rests, and takes a tenth of a core."""
LONGEST_REST_S = 5.0
"""After a round that read everything anew: what is older than `WATCHED` teaches nothing."""
_log = logging.getLogger(__name__)


class Kept:
    """What is kept of a cell between two rounds; each part is held against what stands now."""

    def __init__(self) -> None:
        self.jobs, self.table, self.hands = KnownJobs(), Table(), Hands()
        self.seen: Mapping[str, Seen] = {}
        self.launched: set[str] = set()
        self.outputs: Mapping[str, str] = {}


def run() -> None:
    """Observe until SIGTERM; one bad round is logged and does not end the loop."""
    stop = threading.Event()
    kept: defaultdict[int, Kept] = defaultdict(Kept)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    while not stop.is_set():
        began = time.process_time()
        _all_cells(kept)
        stop.wait(rest_s(time.process_time() - began))


def rest_s(worked_s: float) -> float:
    """How long the observer rests after a round of so many CPU seconds: waiting is no work."""
    return min(max(INTERVAL_S, REST * worked_s), LONGEST_REST_S)


def _all_cells(kept: defaultdict[int, Kept]) -> None:
    close_old_connections()
    try:
        for cell in Cell.objects.all():
            _round(cell, kept[cell.pk])
    except DatabaseError as error:
        _log.warning("the database is away: %s", error)


def _round(cell: Cell, kept: Kept) -> None:
    try:
        now = datetime.now(UTC)
        if clock.was_set_back(cell, now):
            clock.bring_back(now)
        observe(cell, kept)
        if settings.MUSTER_FAULTS:
            follow_faults(cell.pk, datetime.now(UTC))
    except ClusterError as error:
        Cell.objects.filter(pk=cell.pk).update(observation_error=error.message[:400])
        _log.warning("cell %s: %s", cell, error)
    except IntegrityError as error:
        # Its service or environment was deleted while it was looked at: the next round knows.
        _log.info("cell %s: a row went meanwhile: %s", cell, error)
    except DatabaseError:
        raise
    except Exception:
        _log.exception("cell %s: this round found nothing", cell)
    else:
        kept.hands.look(cell)


def observe(cell: Cell, kept: Kept | None = None) -> None:
    """Read the cell once; raises ClusterError, and then the last known state stays.

    `observed_at` is when the reading began: what was acknowledged later is not yet in it. `kept` is
    of earlier rounds: with it only what changed since is read and compared.
    """
    kept, began = kept or Kept(), datetime.now(UTC)
    allocations = servers.nomad().allocations().items
    checks = servers.consul().checks()
    if not checks:
        # The edge and Nomad have some: a token that lost its rights gets an empty list.
        raise Unavailable("Consul lists no check at all", server="consul")
    # Read last: what is seen can not be of a later release than the rows say.
    known = kept.jobs.read(cell)
    _doubt(allocations, known)
    found = seen(allocations, checks, known, datetime.now(UTC), kept.seen, kept.outputs)
    kept.seen = {each.allocation.id: each for each in found}
    kept.outputs = _outputs(found)
    if kept.outputs:
        found = seen(allocations, checks, known, datetime.now(UTC), kept.seen, kept.outputs)
        kept.seen = {each.allocation.id: each for each in found}
    changes = {"observed_at": began} | _addresses()
    with transaction.atomic():
        # Of two observers the later reading wins, with its own table.
        mine = Cell.objects.select_for_update().get(pk=cell.pk)
        if mine.observed_at is not None and mine.observed_at >= began:
            return
        start_ups, stops = store(mine, found, began, kept.table)
        Cell.objects.filter(pk=cell.pk).update(**changes)
    discover(cell, allocations, kept.launched)
    note_start_ups(start_ups)
    note_stops(stops)


def _doubt(allocations: Sequence[Allocation], known: Mapping[tuple[str, str], Known]) -> None:
    """Unavailable where nothing is listed, although a job that Nomad knows has instances."""
    if allocations:
        return
    for namespace, job_id in known:
        job = servers.nomad().job(namespace, job_id)
        if job is not None and job.count and not job.stopped:
            raise Unavailable(f"Nomad lists no instance, but {job_id} has some", server="nomad")


def _outputs(found: Iterable[Seen]) -> Mapping[str, str]:
    """Why checks do not pass: asked only while something runs whose checks do not."""
    if not any(each.fails for each in found):
        return {}
    try:
        return servers.consul().outputs()
    except ClusterError as error:
        _log.warning("consul does not say why checks fail: %s", error.message)
        return {}


def _addresses() -> dict[str, object]:
    """Where the edge listens, as the first passing one says; nothing while none passes.

    With it goes what is wrong with an entry that is no edge of ours.
    """
    try:
        first: Edge | None = next(iter(edges(servers.consul())), None)
    except Refused as error:
        return {"observation_error": error.message[:400]}
    if first is None:
        return {"observation_error": ""}
    return {
        "observation_error": "",
        "web_address": first.web,
        "private_address": first.private,
    }
