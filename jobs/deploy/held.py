"""Which logins of a postgres something still needs: what is live, and what runs to its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jobs.deploy.databases import databases_of
from jobs.document import Document
from platform_admin.models import Credential, Resource, Run, Service
from platform_admin.verbs.attempts import through
from platform_admin.verbs.logins import before, coming, today


def held(documents: Iterable[Document], resource: Resource) -> set[int]:
    """The keys of the credentials that these documents' links use, or have used until now."""
    services = {name for each in documents for name in databases_of(each, resource.name)}
    return {row.pk for name in services for row in _held(resource, name)}


def _held(resource: Resource, name: str) -> Iterator[Credential]:
    now = today(resource, name)
    # A login that never came through waits for another try.
    yield from (row for row in (now, coming(resource, name)) if row is not None)
    if now is not None and _lingers(resource, name, now):
        yield from before(resource, name)


def _lingers(resource: Resource, name: str, now: Credential) -> bool:
    """Whether something runs yet that began before all of the service had today's login."""
    service = (
        Service.objects.select_related("rollout")
        .filter(environment=resource.environment_id, name=name)
        .first()
    )
    came = through(now.rotation) if now.rotation is not None else None
    if service is None or came is None:
        return False
    if not came.ended or came.finished_at is None:
        return True
    old = service.instances.filter(ended=False).exclude(colour=service.rollout.live or "")
    runs = service.runs.filter(state__in=Run.OPEN, launch_at__lt=came.finished_at)
    return old.exists() or runs.exists()
