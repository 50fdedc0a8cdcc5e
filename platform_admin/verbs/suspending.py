"""Suspended: an override of 0 without an end, above every other rule. The jobs stay in Nomad."""

from __future__ import annotations

from bisect import bisect_right

from django.db import transaction

from platform_admin.models import Environment, Quota, Service
from platform_admin.rules.permissions import Permission
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.desired import write_desired
from platform_admin.verbs.locks import locked_service
from platform_admin.verbs.quota import fits, locked
from platform_admin.verbs.scope import require


@transaction.atomic
def suspend(actor: Actor, service: Service) -> Service:
    """The service, at 0 until somebody resumes it; one that is suspended already stays so."""
    team = service.environment.app.team
    require(actor, team, Permission.SCALE)
    quota = locked(team)
    now = locked_service(service)
    if now.suspended_at is None:
        write_desired(actor, quota, now, 0, reason="suspended", suspend=True, verb="suspend")
    return now


@transaction.atomic
def resume(actor: Actor, service: Service) -> Service:
    """The service, at the count that it had, inside today's bounds and quota.

    From there its policy goes on. NoRoom: desired, where not even its minimum fits.
    """
    team = service.environment.app.team
    require(actor, team, Permission.SCALE)
    quota = locked(team)
    now = locked_service(service)
    if now.suspended_at is not None:
        count = _back_at(quota, now)
        write_desired(actor, quota, now, count, reason="resumed", verb="resume")
    return now


@transaction.atomic
def suspend_all(actor: Actor, environment: Environment) -> list[Service]:
    """The environment's services, all suspended; its resources go on."""
    require(actor, environment.app.team, Permission.SCALE)
    return [suspend(actor, service) for service in _staying(environment)]


@transaction.atomic
def resume_all(actor: Actor, environment: Environment) -> list[Service]:
    """The environment's services, all at work again. NoRoom: desired, and then none is."""
    require(actor, environment.app.team, Permission.SCALE)
    return [resume(actor, service) for service in _staying(environment)]


def _staying(environment: Environment) -> list[Service]:
    rows = environment.services.filter(deletion__isnull=True).order_by("name")
    return list(rows.select_related("environment__app__team"))


def _back_at(quota: Quota, service: Service) -> int:
    """The count that it had, as far as there is room; at least its minimum."""
    had = service.minimum if service.override_from is None else service.override_from
    wanted = min(max(had, service.minimum), service.maximum)
    above = range(service.minimum + 1, wanted + 1)
    room = bisect_right(above, False, key=lambda count: not fits(quota, service, count))
    return service.minimum + room
