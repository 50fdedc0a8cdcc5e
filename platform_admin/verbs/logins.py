"""Which login of a resource links give: today's, the one on its way, and those before."""

from __future__ import annotations

from jobs.resources import KINDS
from jobs.resources.postgres import logins
from platform_admin.models import Credential, Deployment, Resource
from platform_admin.rules.rotation import counts
from platform_admin.verbs.attempts import attempts


def each_its_own(resource: Resource) -> bool:
    """Whether each linked service has a login of its own there, which Muster makes."""
    return KINDS[resource.kind].databases and not resource.external


def today(resource: Resource, service: str) -> Credential | None:
    """What links to the resource give the service; None while it has no login there.

    It is the newest one that needed no rotation or whose rotation came through.
    """
    found = [row for row in _of(resource, service) if _holds(row)]
    return max(found, key=lambda row: row.pk, default=None)


def coming(resource: Resource, service: str) -> Credential | None:
    """The login of a rotation that has not come through; None where there is none."""
    found = [row for row in _of(resource, service) if not _holds(row)]
    return max(found, key=lambda row: row.pk, default=None)


def before(resource: Resource, service: str) -> list[Credential]:
    """The logins that were the service's until a rotation came through, still valid."""
    now = today(resource, service)
    return [row for row in _of(resource, service) if _holds(row) and row != now]


def given(
    resource: Resource, service: str, deployment: Deployment | None = None
) -> Credential | None:
    """What links give the service in a deployment: the new login in its rotation, else today's."""
    new = coming(resource, service)
    if deployment is None or new is None or new.rotation is None:
        return today(resource, service)
    brings = new.rotation.deployments.filter(pk=deployment.pk).exists()
    return new if brings else today(resource, service)


def _of(resource: Resource, service: str) -> list[Credential]:
    """All logins of the service; where it has none of its own, those that all share."""
    rows = list(resource.credentials.all())
    if not each_its_own(resource):
        return rows
    names = logins(service)
    return [row for row in rows if row.user in names]


def _holds(row: Credential) -> bool:
    return counts(attempts(row.rotation), row.resource.environment_id)
