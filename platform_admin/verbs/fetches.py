"""Programs from git: asked for and cancelled by people, fetched by a worker, kept as artifacts."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from platform_admin.models import Artifact, Fetch, Team
from platform_admin.rules.git import place_errors
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid, Unknown
from platform_admin.verbs.queue import enqueue
from platform_admin.verbs.scope import require

QUEUE = "fetch"
RUN = "jobs.git.run.run"
WAITING = 5
"""Of a team, at most at a time."""


@transaction.atomic
def ask_fetch(actor: Actor, team: Team, address: str, ref: str, folder: str) -> Fetch:
    """The fetch, waiting for its worker; one of the same that is under way is that one.

    Invalid: address, ref, folder, or as many under way as there may be.
    """
    require(actor, team, Permission.UPLOAD_ARTIFACT)
    if errors := place_errors(address, ref, folder):
        raise Invalid(errors)
    team = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    open_ = team.fetches.filter(state__in=Fetch.UNDER_WAY)
    if same := open_.filter(address=address, ref=ref, folder=folder).first():
        return same
    if open_.count() >= WAITING:
        said = f"{WAITING} fetches of {team} are under way: wait for one, or cancel one."
        raise Invalid({"address": [said]})
    return _asked(actor, team, address, ref, folder)


@transaction.atomic
def cancel_fetch(actor: Actor, team: Team, fetch_id: UUID) -> Fetch:
    """The fetch, ended without an artifact unless it had ended before. Unknown: there is none."""
    require(actor, team, Permission.UPLOAD_ARTIFACT)
    fetch = fetch_of(team, fetch_id)
    if fetch is None:
        raise Unknown("There is no such fetch.")
    if _end(fetch_id, state=Fetch.State.CANCELLED, error=f"{actor.name} cancelled it."):
        audit.record(actor, "cancel fetch", fetch, team=team, before=_row(fetch))
    fetch.refresh_from_db()
    return fetch


def fetch_of(team: Team, fetch_id: UUID | None) -> Fetch | None:
    """The team's fetch of that id, None where there is none."""
    if fetch_id is None:
        return None
    return team.fetches.filter(pk=fetch_id).select_related("artifact").first()


def origin(artifact: Artifact | None) -> Fetch | None:
    """The newest fetch that brought the artifact, None for one that was uploaded."""
    if artifact is None:
        return None
    return artifact.fetches.filter(state=Fetch.State.DONE).order_by("-asked_at").first()


@transaction.atomic
def begin_fetch(fetch_id: UUID) -> Fetch | None:
    """The fetch, for the worker that got it; None where another one did, or nobody wants it.

    None too while another one of its team runs: the end of that asks for it again.
    """
    fetch = Fetch.objects.filter(pk=fetch_id).select_related("team", "author").first()
    if fetch is None:
        return None
    team = Team.objects.select_for_update(no_key=True).get(pk=fetch.team_id)
    if team.fetches.filter(state=Fetch.State.RUNNING).exists():
        return None
    mine = Fetch.objects.filter(pk=fetch_id, state=Fetch.State.WAITING)
    begun = mine.update(state=Fetch.State.RUNNING, beat_at=datetime.now(UTC)) == 1
    return fetch if begun else None


def beat(fetch_id: UUID, received: int, doing: str) -> bool:
    """Whether the fetch is still wanted; says that it goes on, and how far it is."""
    running = Fetch.objects.filter(pk=fetch_id, state=Fetch.State.RUNNING)
    return running.update(beat_at=datetime.now(UTC), received=received, doing=doing) == 1


def end_fetch(fetch_id: UUID, commit: str, artifact: Artifact) -> bool:
    """Whether this ended it, as done: its commit is that artifact."""
    return _end(fetch_id, state=Fetch.State.DONE, commit=commit, artifact=artifact)


def fail_fetch(fetch_id: UUID, error: str) -> bool:
    """Whether this ended it, as failed, with the sentence that says why."""
    return _end(fetch_id, state=Fetch.State.FAILED, error=error[:400])


def _end(fetch_id: UUID, **fields: object) -> bool:
    open_ = Fetch.objects.filter(pk=fetch_id, state__in=Fetch.UNDER_WAY)
    ended = open_.update(finished_at=datetime.now(UTC), **fields) == 1
    if ended:
        _ask_next(Team.objects.get(fetches=fetch_id))
    return ended


def _asked(actor: Actor, team: Team, address: str, ref: str, folder: str) -> Fetch:
    fetch = Fetch.objects.create(
        team=team,
        address=address,
        ref=ref,
        folder=folder,
        author=actor.user,
        author_name=actor.name,
    )
    audit.record(actor, "fetch from git", fetch, team=team, after=_row(fetch))
    enqueue(QUEUE, RUN, str(fetch.pk))
    return fetch


def _ask_next(team: Team) -> None:
    """Ask a worker for the fetch of the team that waits the longest."""
    waiting = team.fetches.filter(state=Fetch.State.WAITING).order_by("asked_at").first()
    if waiting is not None:
        enqueue(QUEUE, RUN, str(waiting.pk))


def _row(fetch: Fetch) -> dict[str, object]:
    return {"address": fetch.address, "ref": fetch.ref, "folder": fetch.folder}
