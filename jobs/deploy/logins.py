"""Logins that nothing live uses any more are dropped, some time after links or rotations."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db.models import Q
from rq.timeouts import BaseTimeoutException

from jobs.deploy.databases import admin
from jobs.deploy.held import held
from jobs.document import read
from jobs.errors import ClusterError
from jobs.postgres import drop
from jobs.resources import KINDS
from platform_admin.models import Colour, Credential, Deployment, Release, Resource, Run
from platform_admin.verbs.logins import before

INTERVAL_S = 60
_log = logging.getLogger(__name__)


def drop_unused() -> None:
    """Drop what no live release names. One postgres that is away keeps its logins until later."""
    kinds = [kind for kind, each in KINDS.items() if each.databases]
    managed = Resource.objects.filter(kind__in=kinds, external=False)
    for resource in managed.select_related("environment__app__team"):
        _safely(_drop_unused, resource)
    for resource in Resource.objects.filter(external=True, rotations__isnull=False).distinct():
        _safely(_forget, resource)


def _safely(step: Callable[[Resource], None], resource: Resource) -> None:
    """One resource's trouble must not keep the others from theirs."""
    try:
        step(resource)
    except ClusterError as error:
        _log.warning("logins of %s: %s", resource, error)
    except BaseTimeoutException:
        raise
    except Exception:
        _log.exception("logins of %s", resource)


def _forget(resource: Resource) -> None:
    """Forget what was typed before a login that came through: its server is somebody else's."""
    if not _moves(resource):
        resource.credentials.filter(pk__in=[row.pk for row in before(resource, "")]).delete()


def _drop_unused(resource: Resource) -> None:
    rows = resource.credentials.exclude(user=KINDS[resource.kind].user)
    if not rows or _moves(resource):
        return
    used = held([read(each.document) for each in _live(resource)], resource)
    for row in rows:
        mine = Credential.objects.filter(pk=row.pk)
        if row.pk in used:
            mine.filter(dropping=True).update(dropping=False)
            continue
        mine.update(dropping=True)
        # A deployment that needs it takes the mark away before it brings the login back.
        drop(admin(resource), row.user, mine.filter(dropping=True).exists)
        mine.filter(dropping=True).delete()


def _moves(resource: Resource) -> bool:
    """Whether a deployment is under way, which may still go on to other logins, or back to old."""
    ended = Deployment.ENDED
    return resource.environment.deployments.exclude(state__in=ended).exists()


def _live(resource: Resource) -> list[Release]:
    """The releases of which something carries traffic, runs, or could again without a deployment.

    What drains and what runs to its end keeps its sessions until it has ended.
    """
    environment = resource.environment
    colours = Colour.objects.filter(
        service__environment=environment, release__isnull=False
    ).select_related("service__rollout", "release")
    found = [
        row.release
        for row in colours
        if row.release and (row.service.rollout.live == row.colour or row.at_most > 0)
    ]
    numbers = environment.instances.filter(ended=False, release__isnull=False)
    runs = Run.objects.filter(service__environment=environment, state__in=Run.OPEN)
    still = environment.releases.filter(
        Q(number__in=numbers.values("release")) | Q(pk__in=runs.values("release"))
    )
    return [*found, *still]
