from __future__ import annotations

from django.db.models import QuerySet

from platform_admin.models import (
    App,
    Artifact,
    AuditEvent,
    Deployment,
    Domain,
    Environment,
    Membership,
    Release,
    Resource,
    Service,
    Team,
)
from platform_admin.rules.permissions import Permission, can
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Denied, Unknown


def role(actor: Actor, team: Team) -> str | None:
    """The actor's role in the team, None for a stranger and for the platform itself."""
    if actor.user is None or not actor.user.is_active:
        return None
    found = Membership.objects.filter(team=team, user=actor.user).values_list("role", flat=True)
    return found.first()


def rights(actor: Actor, team: Team) -> tuple[str | None, bool]:
    """All of the actor that decides what is allowed in the team."""
    return role(actor, team), actor.operator


def allowed(actor: Actor, team: Team, permission: str) -> bool:
    """Whether the actor may do this in the team."""
    return can(role(actor, team), actor.operator, permission)


def permissions(actor: Actor, team: Team) -> frozenset[str]:
    """All that the actor may do in the team."""
    held = role(actor, team)
    return frozenset(each for each in Permission if can(held, actor.operator, each))


def require(actor: Actor, team: Team, permission: str) -> None:
    """Raises Unknown for a stranger and Denied for a member whose role does not allow this."""
    held = role(actor, team)
    if can(held, actor.operator, permission):
        return
    if held is None:
        raise Unknown("There is nothing here.")
    raise Denied(f"A {held} may not do this in {team}: ask an owner ({permission}).")


def require_operator(actor: Actor, permission: str) -> None:
    """Raises Denied for everybody but operators."""
    if not actor.operator:
        raise Denied(f"Only operators may do this ({permission}).")


def teams(actor: Actor) -> QuerySet[Team]:
    """The teams that exist for this actor."""
    if actor.operator:
        return Team.objects.all()
    return Team.objects.filter(memberships__in=_memberships(actor))


def apps(actor: Actor) -> QuerySet[App]:
    """The apps that exist for this actor."""
    return App.objects.filter(team__in=teams(actor))


def environments(actor: Actor) -> QuerySet[Environment]:
    """The environments that exist for this actor."""
    return Environment.objects.filter(app__team__in=teams(actor))


def services(actor: Actor) -> QuerySet[Service]:
    """The services that exist for this actor."""
    return Service.objects.filter(environment__app__team__in=teams(actor))


def domains(actor: Actor) -> QuerySet[Domain]:
    """The domains that exist for this actor."""
    return Domain.objects.filter(environment__app__team__in=teams(actor))


def resources(actor: Actor) -> QuerySet[Resource]:
    """The resources that exist for this actor."""
    return Resource.objects.filter(environment__app__team__in=teams(actor))


def releases(actor: Actor) -> QuerySet[Release]:
    """The releases that exist for this actor."""
    return Release.objects.filter(environment__app__team__in=teams(actor))


def deployments(actor: Actor) -> QuerySet[Deployment]:
    """The deployments that exist for this actor."""
    return Deployment.objects.filter(environment__app__team__in=teams(actor))


def artifacts(actor: Actor) -> QuerySet[Artifact]:
    """The uploaded archives that exist for this actor."""
    return Artifact.objects.filter(team__in=teams(actor))


def audit_events(actor: Actor) -> QuerySet[AuditEvent]:
    """What was done in the teams whose audit this actor may read; operators: everything."""
    if actor.operator:
        return AuditEvent.objects.all()
    readable = [
        held.team_id for held in _memberships(actor) if can(held.role, False, Permission.VIEW_AUDIT)
    ]
    return AuditEvent.objects.filter(team__in=readable)


def _memberships(actor: Actor) -> QuerySet[Membership]:
    if actor.user is None or not actor.user.is_active:
        return Membership.objects.none()
    return Membership.objects.filter(user=actor.user)
