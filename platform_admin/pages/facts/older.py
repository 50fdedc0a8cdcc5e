"""Which releases were live before, and whether what they need is still there."""

from __future__ import annotations

from collections.abc import Iterable

from jobs.document import Document, read
from platform_admin.models import Artifact, Deployment, Environment, Release
from platform_admin.rules.checklist.facts import OldRelease
from platform_admin.verbs.artifacts import artifact_path

MOST_RELEASES = 5
"""How many of those that were live before are looked at, the newest first."""


def older(environment: Environment, live: int | None) -> tuple[OldRelease, ...]:
    """The releases that were live before another content was, the newest first."""
    if live is None:
        return ()
    done = environment.deployments.filter(
        state=Deployment.State.SUCCEEDED, release__number__lte=live
    )
    rows = Release.objects.filter(pk__in=done.values("release")).order_by("-number")
    found = list(rows[: MOST_RELEASES + 1])
    now = next((each.digest for each in found if each.number == live), "")
    older = [each for each in found if each.number != live and each.digest != now]
    documents = [(each.number, read(each.document)) for each in older[:MOST_RELEASES]]
    kept = _kept(environment, [document for _, document in documents])
    return tuple(_old_release(number, document, kept) for number, document in documents)


def _old_release(number: int, document: Document, kept: set[str]) -> OldRelease:
    archives = {each.name: each.artifact for each in document.services if each.artifact}
    return OldRelease(
        number=number,
        archives=len(archives),
        images=sum(each.image is not None for each in document.services),
        missing=tuple(name for name, sha256 in archives.items() if sha256 not in kept),
    )


def _kept(environment: Environment, documents: Iterable[Document]) -> set[str]:
    """The archives of these documents whose row and bytes are both there."""
    wanted = {each.artifact for document in documents for each in document.services}
    rows = Artifact.objects.filter(team=environment.app.team_id, sha256__in=wanted - {None})
    return {row.sha256 for row in rows if artifact_path(row).is_file()}
