from __future__ import annotations

from django.db import transaction

from jobs.document import Document, digest, read, write
from platform_admin.models import Environment, Release
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.errors import Invalid, Unknown
from platform_admin.verbs.locks import locked_environment
from platform_admin.verbs.scope import require

NOTE_LENGTH = 200


@transaction.atomic
def release(actor: Actor, environment: Environment, note: str = "") -> Release:
    """The draft as a numbered release; the last one where it has the same content.

    Invalid: draft (there is nothing in it), note (too long).
    """
    require(actor, environment.app.team, Permission.RELEASE)
    _check_note(note)
    environment = locked_environment(environment)
    document = draft(environment)
    if not document.services:
        said = f"{environment} has no service yet: make one, then release it."
        raise Invalid({"draft": [said]})
    return _number(actor, environment, document, note, restores=None)


@transaction.atomic
def restore(actor: Actor, environment: Environment, number: int) -> Release:
    """A new release with an old one's content; the draft stays as it is.

    Unknown: no such release. The last release itself where it has that content.
    """
    require(actor, environment.app.team, Permission.RELEASE)
    environment = locked_environment(environment)
    old = Release.objects.filter(environment=environment, number=number).first()
    if old is None:
        raise Unknown(f"{environment} has no release {number}.")
    note = f"Back to release {number}"
    return _number(actor, environment, read(old.document), note, restores=old)


@transaction.atomic
def release_of(actor: Actor, environment: Environment, document: Document, note: str) -> Release:
    """A release with this content, which is not the draft's; the last one where it has it."""
    require(actor, environment.app.team, Permission.RELEASE)
    environment = locked_environment(environment)
    return _number(actor, environment, document, note, restores=None)


def last_release(environment: Environment) -> Release | None:
    """The environment's newest release."""
    return Release.objects.filter(environment=environment).order_by("-number").first()


def _number(
    actor: Actor,
    environment: Environment,
    document: Document,
    note: str,
    *,
    restores: Release | None,
) -> Release:
    """The next release with this content; the environment is locked, so numbers are dense."""
    last = last_release(environment)
    found = digest(document)
    if last is not None and last.digest == found:
        return last
    made = Release.objects.create(
        environment=environment,
        number=(last.number if last else 0) + 1,
        document=write(document),
        digest=found,
        note=note,
        author=actor.user,
        restores=restores,
    )
    after = {"number": made.number, "digest": found, "note": note}
    audit.record(actor, "release", made, team=environment.app.team, after=after)
    return made


def _check_note(note: str) -> None:
    if len(note) > NOTE_LENGTH:
        said = f"The note has {len(note)} characters: shorten it to {NOTE_LENGTH} or fewer."
        raise Invalid({"note": [said]})
