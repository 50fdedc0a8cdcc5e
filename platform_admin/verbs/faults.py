"""Breaking the example on purpose: what is begun here is bounded in time and count."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from platform_admin.models import Fault, Instance, Service
from platform_admin.rules.faults import (
    FEWEST_HEALTHY,
    KILL_S,
    MOST_AN_HOUR,
    OF_AN_INSTANCE,
    VERBS,
    Kind,
    ends,
)
from platform_admin.rules.permissions import Permission
from platform_admin.rules.traffic import EXAMPLE
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.locks import locked_service
from platform_admin.verbs.scope import require

HOUR = timedelta(hours=1)
KEPT = timedelta(days=7)
# What fails is counted with the kill before it for so long.
REST = timedelta(seconds=KILL_S)


def may_break(service: Service) -> bool:
    """Whether this is the example's web, on a platform whose operator allows it."""
    environment = service.environment
    is_example = (environment.app.slug, environment.slug) == EXAMPLE
    return settings.MUSTER_FAULTS and is_example and service.kind == Service.Kind.WEB


@transaction.atomic
def begin_fault(actor: Actor, service: Service, kind: Kind, now: datetime) -> Fault:
    """The fault, written down before anything is done: the caller does it once this is committed.

    Invalid, field `fault`: another service than the example's web, one that goes on, too many
    within an hour, or no instance that can be spared.
    """
    team = service.environment.app.team
    require(actor, team, Permission.SCALE)
    if not may_break(service):
        raise _no(f"Only the web of the example may be broken: {'/'.join(EXAMPLE)}.")
    service = locked_service(service)
    _refuse_second(service, now)
    # The audit keeps that somebody did it.
    service.faults.filter(at__lt=now - KEPT).delete()
    fault = Fault(service=service, kind=kind, at=now, until=ends(kind, now))
    fault.actor, fault.actor_name = actor.user, actor.name
    if kind in OF_AN_INSTANCE:
        chosen = _spared(service)
        fault.job, fault.number = chosen.job, chosen.number
        fault.allocation = chosen.allocation
    fault.save()
    after = {"until": fault.until.isoformat(), "allocation": fault.allocation}
    audit.record(actor, VERBS[kind], service, team=team, after=after)
    return fault


def refuse_fault(fault: Fault, why: str, now: datetime) -> None:
    """Nothing; the fault is over, because what was to be done could not be."""
    Fault.objects.filter(pk=fault.pk).update(ended_at=now, refused=why[:400])


def recent_faults(service: Service, now: datetime) -> list[Fault]:
    """The faults of the last hour, the newest first."""
    return list(service.faults.filter(at__gt=now - HOUR).order_by("-at"))


def silent_services(cell: int, now: datetime) -> list[int]:
    """The services of which nothing may be read from the edges now."""
    silent = Fault.objects.filter(
        kind=Kind.SILENCE, ended_at=None, at__lte=now, until__gt=now
    ).values("service__environment")
    return list(
        Service.objects.filter(environment__cell=cell, environment__in=silent).values_list(
            "pk", flat=True
        )
    )


def _refuse_second(service: Service, now: datetime) -> None:
    """One at a time; the caller holds the service's lock."""
    recent = recent_faults(service, now)
    for each in recent:
        free = each.until if each.goes_on(now) else each.at + REST
        if now < free and not each.refused:
            raise _no(
                f"One thing at a time: what was begun at {each.at:%H:%M:%S} UTC is not over yet."
                f" Try again in {math.ceil((free - now).total_seconds())} s at the latest."
            )
    if len(recent) >= MOST_AN_HOUR:
        raise _no(f"{len(recent)} times within an hour is as often as this may be broken.")


def _spared(service: Service) -> Instance:
    """The oldest healthy instance of the live colour, where another one answers meanwhile."""
    rollout = service.rollout
    if rollout.deployment_id is not None:
        raise _no("A deployment moves its instances: wait until it has ended.")
    healthy = Instance.objects.filter(
        service=service, colour=rollout.live, healthy=True, draining=False, ended=False
    ).order_by(F("started_at").asc(nulls_last=True), "number")
    if len(healthy) < FEWEST_HEALTHY:
        raise _no(
            f"{service.name} has {len(healthy)} healthy instances; it takes {FEWEST_HEALTHY}, so"
            " that the other one answers meanwhile. Wait for it, or raise the count."
        )
    return healthy[0]


def _no(said: str) -> Invalid:
    return Invalid({"fault": [said]})
