"""Restarting: what is live, deployed once more onto the other colour. Nothing else changes."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from jobs.document import changed, read
from platform_admin.models import Colour, Deployment, Environment, Release, Service
from platform_admin.rules.permissions import Permission
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.deployments import queue, running
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.locks import locked_environment, locked_service
from platform_admin.verbs.scope import require


@transaction.atomic
def restart(actor: Actor, service: Service) -> Deployment:
    """A queued deployment of what is live of the service, without its release command.

    The one that is under way already is returned instead. Invalid: restart (never live,
    suspended, or another deployment has it).
    """
    require(actor, service.environment.app.team, Permission.DEPLOY)
    environment = locked_environment(service.environment)
    live = _live(environment)
    if service.pk not in live:
        raise _refused(f"{service.name} was never live: deploy it, and it starts.")
    if locked_service(service).suspended_at is not None:
        raise _refused(f"{service.name} is suspended, and nothing of it runs: resume it first.")
    return _queued(actor, environment, live[service.pk], [service])


@transaction.atomic
def restart_all(actor: Actor, environment: Environment) -> list[Deployment]:
    """The queued deployments of all that is live and not suspended, side by side.

    One, where the newest live release says of all services what is live of them; else one more
    for each older release. Invalid: restart (nothing is live, or a deployment has a service).
    """
    require(actor, environment.app.team, Permission.DEPLOY)
    environment = locked_environment(environment)
    live = _live(environment)
    awake = environment.services.filter(pk__in=list(live), suspended_at__isnull=True)
    by_release: dict[Release, list[Service]] = {}
    for service in awake.order_by("name"):
        by_release.setdefault(live[service.pk], []).append(service)
    if not by_release:
        raise _refused(f"Nothing of {environment} is live and awake: there is nothing to restart.")
    return [_queued(actor, environment, *each) for each in by_release.items()]


def _live(environment: Environment) -> dict[int, Release]:
    """By service what is live of it: the newest live release that says the same of it."""
    rows = Colour.objects.filter(
        service__environment=environment, service__deletion__isnull=True, release__isnull=False
    ).select_related("release", "service__rollout")
    mine = {row.service: row.release for row in rows if row.service.rollout.live == row.colour}
    newest_first = sorted(
        {each for each in mine.values() if each}, key=lambda each: each.number, reverse=True
    )
    return {
        service.pk: next(each for each in newest_first if _says_the_same(each, release, service))
        for service, release in mine.items()
        if release is not None
    }


def _says_the_same(release: Release, live: Release, service: Service) -> bool:
    if release == live:
        return True
    doc, mine = (read(each.document).service(service.name) for each in (release, live))
    return doc is not None and mine is not None and not changed(mine, doc)


def _queued(
    actor: Actor, environment: Environment, release: Release, services: Sequence[Service]
) -> Deployment:
    """The restart of these services; the one under way, so that a second click makes none."""
    under_way = running(environment).filter(services__in=services).distinct().order_by("pk")
    for deployment in under_way:
        same = {*deployment.services.values_list("pk", flat=True)} == {row.pk for row in services}
        if deployment.restart and same and not deployment.cancel_requested:
            return deployment
        said = (
            f"Deployment {deployment.number} has"
            f" {', '.join(sorted(deployment.services.values_list('name', flat=True)))}"
            " already: wait for its end, or cancel it."
        )
        raise _refused(said)
    return queue(actor, environment, release, services, restart=True)


def _refused(said: str) -> Invalid:
    return Invalid({"restart": [said]})
