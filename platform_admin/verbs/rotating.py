"""What every rotation does, of a secret or of logins: deploy what is live, once or again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from jobs.document import ServiceDoc
from platform_admin.models import App, Environment, Resource, Rotation, Service
from platform_admin.rules.permissions import Permission
from platform_admin.rules.rotation import lacking
from platform_admin.verbs import audit, environ
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.attempts import attempts
from platform_admin.verbs.environ import Within
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.redeploy import redeploy
from platform_admin.verbs.scope import require

Owner = App | Environment | Service | Resource
PERMISSIONS = (Permission.SET_SECRET, Permission.RELEASE, Permission.DEPLOY)
Docs = Callable[[Environment], Mapping[str, ServiceDoc]]


def require_all(actor: Actor, within: Within) -> None:
    """Raises Denied unless the actor may set secrets, release and deploy there."""
    for permission in PERMISSIONS:
        require(actor, environ.team_of(within), permission)


def deploy_each(
    actor: Actor, rotation: Rotation, environments: Iterable[Environment], docs: Docs, note: str
) -> None:
    """Give the rotation a deployment in each environment, of the services that `docs` finds.

    Where it finds none, nothing live has to change, and there is none. Invalid: deployment.
    """
    for environment in environments:
        changed = docs(environment)
        if changed:
            rotation.deployments.add(redeploy(actor, environment, changed, note))


def record(actor: Actor, within: Within, owner: Owner, after: Mapping[str, object]) -> None:
    """Note in the audit that a rotation was sent on its way."""
    team = environ.team_of(within)
    audit.record(actor, "deploy rotation", owner, team=team, after=after)


def left(rotation: Rotation, environments: Iterable[Environment], what: str) -> list[Environment]:
    """Those of the environments where it was tried in vain; Invalid where it came through."""
    wanted = lacking(attempts(rotation))
    if not wanted:
        raise Invalid({"rotation": [f"{what} has come through everywhere: nothing is left."]})
    return [row for row in environments if row.pk in wanted]
