"""Copies of databases as files: asked for, read and deleted by people, made by a worker."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from jobs.resources import KINDS
from platform_admin.models import Dump, Resource, Team
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid, Unknown
from platform_admin.verbs.queue import enqueue
from platform_admin.verbs.scope import require

QUEUE = "dump"
RUN = "jobs.dumps.run.run"
KEPT = 10
"""Of a resource, at most."""


def ask_dump(actor: Actor, resource: Resource, database: str) -> Dump:
    """The dump of one of its databases, waiting for its worker.

    Invalid: database (none of that name, one under way, or as many kept as there may be).
    """
    require(actor, _team(resource), Permission.COPY_DATA)
    if not KINDS[resource.kind].databases:
        raise _no(f"A {resource.kind} has no databases that could be copied.")
    known = list(resource.databases.order_by("name").values_list("name", flat=True))
    if database not in known:
        there = ", ".join(known) or "none yet: the next deployment makes them"
        raise _no(f"There is no database {database!r} in {resource.name}: it has {there}.")
    if resource.dumps.count() >= KEPT:
        raise _no(f"{KEPT} dumps of {resource.name} are kept, which is the most: delete one first.")
    try:
        with transaction.atomic():
            return _asked(actor, resource, database)
    except IntegrityError as error:
        raise _no(f"A dump of {resource.name} is being made: wait for its end.") from error


def delete_dump(actor: Actor, resource: Resource, dump_id: UUID) -> None:
    """Nothing; the dump is gone, also one that is being made. Unknown where there is none."""
    require(actor, _team(resource), Permission.COPY_DATA)
    dump = _found(resource, dump_id)
    with transaction.atomic():
        audit.record(actor, "delete dump", dump, team=_team(resource), before=_row(dump))
        dump.delete()
        _ask_next(_team(resource))
    path_of(dump_id).unlink(missing_ok=True)


def open_dump(actor: Actor, resource: Resource, dump_id: UUID) -> tuple[Dump, BinaryIO]:
    """The dump and its bytes; who reads it is written down. Unknown where there is none."""
    require(actor, _team(resource), Permission.COPY_DATA)
    dump = _found(resource, dump_id)
    if dump.state != Dump.State.DONE:
        raise Unknown("This dump has no file.")
    try:
        stream = path_of(dump_id).open("rb")
    except OSError as error:
        raise Unknown("The file of this dump is gone from Muster's folder.") from error
    with transaction.atomic():
        audit.record(actor, "download dump", dump, team=_team(resource), after=_row(dump))
    return dump, stream


@transaction.atomic
def begin_dump(dump_id: UUID) -> Dump | None:
    """The dump, for the worker that got it; None where another one did, or nobody wants it.

    None too while another one of its team runs: the end of that asks for it again.
    """
    of_team = "resource__environment__app__team"
    dump = Dump.objects.filter(pk=dump_id).select_related(of_team).first()
    if dump is None:
        return None
    team = Team.objects.select_for_update(no_key=True).get(pk=_team(dump.resource).pk)
    if Dump.objects.filter(state=Dump.State.RUNNING, **{of_team: team}).exists():
        return None
    now = datetime.now(UTC)
    mine = Dump.objects.filter(pk=dump_id, state=Dump.State.WAITING)
    return dump if mine.update(state=Dump.State.RUNNING, beat_at=now) == 1 else None


def beat(dump_id: UUID, size: int) -> bool:
    """Whether the dump is still wanted; says that it goes on, and how far it is."""
    running = Dump.objects.filter(pk=dump_id, state=Dump.State.RUNNING)
    return running.update(beat_at=datetime.now(UTC), size=size) == 1


def end_dump(dump_id: UUID, size: int, error: str = "") -> bool:
    """Whether this ended it: as done, or as failed with the sentence that says why."""
    state = Dump.State.FAILED if error else Dump.State.DONE
    running = Dump.objects.filter(pk=dump_id, state__in=Dump.UNDER_WAY)
    now = datetime.now(UTC)
    ended = running.update(state=state, size=size, error=error[:400], finished_at=now) == 1
    if ended:
        dump = Dump.objects.select_related("resource__environment__app__team").get(pk=dump_id)
        _ask_next(_team(dump.resource))
    return ended


def folder() -> Path:
    """Where the files lie, for all processes of Muster."""
    return Path(settings.MUSTER_STATE, "dumps")


def path_of(dump_id: UUID) -> Path:
    """The file of a dump that is done."""
    return folder() / f"{dump_id}.dump"


def _asked(actor: Actor, resource: Resource, database: str) -> Dump:
    dump = Dump.objects.create(
        resource=resource, database=database, author=actor.user, author_name=actor.name
    )
    audit.record(actor, "ask for dump", dump, team=_team(resource), after={"database": database})
    enqueue(QUEUE, RUN, str(dump.pk))
    return dump


def _ask_next(team: Team) -> None:
    """Ask a worker for the dump of the team that waits the longest."""
    waiting = Dump.objects.filter(
        state=Dump.State.WAITING, resource__environment__app__team=team
    ).order_by("asked_at")
    if next_one := waiting.first():
        enqueue(QUEUE, RUN, str(next_one.pk))


def _found(resource: Resource, dump_id: UUID) -> Dump:
    dump = resource.dumps.filter(pk=dump_id).first()
    if dump is None:
        raise Unknown("There is no such dump.")
    return dump


def _row(dump: Dump) -> dict[str, object]:
    return {"database": dump.database, "size": dump.size, "asked": dump.asked_at.isoformat()}


def _team(resource: Resource) -> Team:
    return resource.environment.app.team


def _no(said: str) -> Invalid:
    return Invalid({"database": [said]})
