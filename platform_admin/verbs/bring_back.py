"""Everything back that is not in Nomad as it should be, such as after one that lost its state."""

from __future__ import annotations

from django.db.models import F, Max, QuerySet

from platform_admin.models import Colour, Deployment, Environment, Release
from platform_admin.rules.permissions import Permission
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.scope import require_operator


def drifted() -> QuerySet[Colour]:
    """The live colours whose job is not in Nomad as it was registered, at rest."""
    live = Colour.objects.filter(
        colour=F("service__rollout__live"),
        service__rollout__deployment__isnull=True,
        service__deletion__isnull=True,
    )
    return live.exclude(drift="")


def newest_live(environment: Environment) -> Release | None:
    """The newest release of which something is live: an older one would take others back."""
    live = Colour.objects.filter(
        service__environment=environment,
        service__deletion__isnull=True,
        colour=F("service__rollout__live"),
    )
    newest = live.aggregate(newest=Max("release__number"))["newest"]
    return environment.releases.filter(number=newest).first()


def bring_all_back(actor: Actor) -> list[Deployment]:
    """A deployment of what is live for each environment of which something drifted.

    For operators. One environment's trouble keeps no other from its deployment.
    """
    require_operator(actor, Permission.OPERATE)
    environments = Environment.objects.filter(pk__in=drifted().values("service__environment"))
    found = [_back(actor, each) for each in environments.order_by("app__slug", "slug")]
    return [deployment for deployment in found if deployment is not None]


def _back(actor: Actor, environment: Environment) -> Deployment | None:
    release = newest_live(environment)
    try:
        return deploy(actor, release) if release else None
    except Invalid:
        return None
