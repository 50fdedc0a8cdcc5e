"""Deleting: what goes is marked and named here; the deploy workers take it away, its row last."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from platform_admin.models import App, Deletion, Environment, Resource, Service, Team
from platform_admin.rules.deletion import name_error
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.locks import (
    locked_app,
    locked_environment,
    locked_service,
    staying_resource,
)
from platform_admin.verbs.obstacles import Target, environments_of, obstacles
from platform_admin.verbs.queue import enqueue
from platform_admin.verbs.quota import locked
from platform_admin.verbs.runs import end_unstarted
from platform_admin.verbs.scope import require

QUEUE = "deploy"
STEP = "jobs.deploy.deleting.step"
CLAIM = timedelta(seconds=60)
Kind = Deletion.Kind
KINDS: dict[type[Target], str] = {
    Service: Kind.SERVICE,
    Resource: Kind.RESOURCE,
    Environment: Kind.ENVIRONMENT,
    App: Kind.APP,
}


@transaction.atomic
def delete(actor: Actor, target: Target, typed: str) -> Deletion:
    """The deletion of a service, a resource, an environment or an app, under way from now on.

    Invalid: name (what was typed is not its name), deletion (it goes already), target (something
    needs it, or a deployment is under way).
    """
    team = team_of(target)
    require(actor, team, Permission.DELETE)
    locked(team)
    target = _locked(target)
    if said := name_error(typed, name_of(target)):
        raise Invalid({"name": [said]})
    if in_the_way := obstacles(target).sentences:
        raise Invalid({"target": in_the_way})
    deletion = Deletion.objects.create(
        team=team, kind=KINDS[type(target)], name=path_of(target), actor=actor.user
    )
    _mark(target, deletion)
    end_unstarted(deletion.services.all())
    audit.record(actor, f"delete {deletion.kind}", target, team=team, before=_has(deletion))
    enqueue(QUEUE, STEP, deletion.pk)
    return deletion


def name_of(target: Target) -> str:
    """The name that a person types to delete it."""
    return target.name if isinstance(target, Service | Resource) else target.slug


def path_of(target: Target) -> str:
    """Where it stands, such as `shop/production/web`."""
    if isinstance(target, Service | Resource):
        return f"{target.environment}/{target.name}"
    return str(target)


def team_of(target: Target) -> Team:
    """The team that it belongs to."""
    if isinstance(target, App):
        return target.team
    return target.app.team if isinstance(target, Environment) else target.environment.app.team


def due(now: datetime) -> list[int]:
    """The deletions, by key, that are to be worked on and that nobody works on."""
    free = Q(due_at__isnull=True) | Q(due_at__lte=now)
    rows = Deletion.objects.filter(free, finished_at__isnull=True).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def claim(deletion: int, now: datetime) -> Deletion | None:
    """The deletion, for this worker alone in the next minute; None where another one has it."""
    free = Q(due_at__isnull=True) | Q(due_at__lte=now)
    mine = Deletion.objects.filter(free, pk=deletion, finished_at__isnull=True)
    if not mine.update(due_at=now + CLAIM, claims=F("claims") + 1):
        return None
    return Deletion.objects.select_related("team").get(pk=deletion)


def keep(deletion: Deletion, now: datetime) -> bool:
    """Whether it is still this worker's, for another minute: asked before each write outside."""
    mine = Deletion.objects.filter(pk=deletion.pk, claims=deletion.claims, finished_at__isnull=True)
    return mine.filter(due_at__gt=now).update(due_at=now + CLAIM) == 1


def give_back(deletion: Deletion, due_at: datetime) -> None:
    """Lets others go on with it from this moment."""
    Deletion.objects.filter(pk=deletion.pk, claims=deletion.claims).update(due_at=due_at)


def waits(deletion: Deletion, said: str) -> None:
    """Says what it waits for now."""
    Deletion.objects.filter(pk=deletion.pk).exclude(waits_for=said).update(waits_for=said)


def _locked(target: Target) -> Target:
    """The target as it stands, with its environments locked against forms and deployments."""
    found: Target
    if isinstance(target, App):
        found = locked_app(target)
        for environment in environments_of(found):
            if environment.deletion_id is None:
                locked_environment(environment)
        return found
    if isinstance(target, Environment):
        return locked_environment(target)
    locked_environment(target.environment)
    return locked_service(target) if isinstance(target, Service) else staying_resource(target)


def _mark(target: Target, deletion: Deletion) -> None:
    """Everything that goes points to its deletion; what goes already by another one keeps that."""
    if isinstance(target, App):
        App.objects.filter(pk=target.pk).update(deletion=deletion)
    if isinstance(target, Service):
        Service.objects.filter(pk=target.pk).update(deletion=deletion)
        return
    if isinstance(target, Resource):
        Resource.objects.filter(pk=target.pk).update(deletion=deletion)
        return
    inside = [environment.pk for environment in environments_of(target)]
    mine = Q(deletion__isnull=True)
    Environment.objects.filter(mine, pk__in=inside).update(deletion=deletion)
    Service.objects.filter(mine, environment__in=inside).update(deletion=deletion)
    Resource.objects.filter(mine, environment__in=inside).update(deletion=deletion)


def _has(deletion: Deletion) -> dict[str, object]:
    """What goes, by name, for the audit."""
    return {
        "environments": [str(each) for each in deletion.environments.select_related("app")],
        "services": [str(each) for each in deletion.services.order_by("slug_row")],
        "resources": [str(each) for each in deletion.resources.order_by("slug_row")],
    }
