from __future__ import annotations

import logging
from bisect import bisect_left
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from platform_admin.models import Quota, ScalingEvent, ScalingPolicy, Service
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import audit
from platform_admin.verbs.actor import SYSTEM, Actor
from platform_admin.verbs.errors import Invalid, NoRoom
from platform_admin.verbs.locks import locked_service
from platform_admin.verbs.queue import enqueue
from platform_admin.verbs.quota import fits, locked, reserve
from platform_admin.verbs.scope import require

QUEUE = "deploy"
APPLY = "jobs.deploy.apply.run"
REASON_LENGTH = 200
LONGEST_OVERRIDE = timedelta(days=30)
_log = logging.getLogger(__name__)


@transaction.atomic
def set_desired(
    actor: Actor,
    service: Service,
    count: int,
    *,
    reason: str = "",
    origin: str = ScalingEvent.Origin.PERSON,
    until: datetime | None = None,
) -> bool:
    """Whether `desired` is `count` now; False where the row moved on since `service` was read.

    With `until` it is an override, above what the policy wants until then; without, an override
    ends, and a policy that is on goes on from here. Invalid: desired (out of bounds, suspended),
    until; NoRoom: desired. Decide again on False.
    """
    team = service.environment.app.team
    require(actor, team, Permission.SCALE)
    quota = locked(team)
    now = locked_service(service)
    if now.desired_version != service.desired_version:
        return False
    _refuse_suspended(now)
    _check_bounds(now, count)
    _check_end(until)
    if now.desired != count or now.override_until != until:
        write_desired(actor, quota, now, count, reason=reason, origin=origin, until=until)
        service.desired, service.desired_version = now.desired, now.desired_version
    return True


@transaction.atomic
def override(service: Service, count: int, until: datetime, reason: str) -> int:
    """The count taken from another hand: the one inside bounds and quota that is nearest.

    Nothing is taken where the service is suspended: it is set back to 0.
    """
    quota = locked(service.environment.app.team)
    now = locked_service(service)
    if now.suspended_at is not None:
        return now.desired
    inside = min(max(count, now.minimum), now.maximum)
    more = range(now.desired + 1, inside + 1)
    room = bisect_left(more, True, key=lambda wanted: not fits(quota, now, wanted))
    taken = min(inside, now.desired + room)
    origin = ScalingEvent.Origin.OUTSIDE
    write_desired(SYSTEM, quota, now, taken, reason=reason, origin=origin, until=until)
    return taken


@transaction.atomic
def end_override(actor: Actor, service: Service) -> None:
    """Ends an override before its time: `desired` is again what it was before it.

    Where a policy is followed it does not fall: the policy goes on from the higher of both.
    """
    require(actor, service.environment.app.team, Permission.SCALE)
    quota = locked(service.environment.app.team)
    now = locked_service(service)
    if now.override_until is not None:
        _give_back(actor, quota, now, "the override was ended", ScalingEvent.Origin.PERSON)


def end_overrides() -> None:
    """Ends every override that has run out, as `end_override` does."""
    due = Service.objects.filter(override_until__lte=timezone.now(), deletion__isnull=True)
    for service in due.select_related("environment__app__team"):
        try:
            _end_override(service)
        except Exception:
            # One service's trouble must not keep the others in their overrides.
            _log.exception("the override of %s", service)


@transaction.atomic
def _end_override(service: Service) -> None:
    quota = locked(service.environment.app.team)
    now = locked_service(service)
    if now.override_until is None or now.override_until > timezone.now():
        return
    _give_back(SYSTEM, quota, now, "the override has ended", ScalingEvent.Origin.PERSON)


def _give_back(actor: Actor, quota: Quota, service: Service, reason: str, origin: str) -> None:
    before = service.desired if service.override_from is None else service.override_from
    if _follows(service):
        # From here on the policy goes down as it may; the end of an override is no reason for it.
        before = max(before, service.desired)
    inside = min(max(before, service.minimum), service.maximum)
    count = inside if fits(quota, service, inside) else service.desired
    write_desired(actor, quota, service, count, reason=reason, origin=origin)


def _follows(service: Service) -> bool:
    on = ScalingPolicy.objects.filter(mode=ScalingPolicy.Mode.ON, paused=False)
    return on.filter(service=service).exists()


def keep_inside(actor: Actor, service: Service) -> None:
    """Moves `desired` inside changed bounds; the caller holds the locks and reserves.

    What is suspended stays at 0: it comes back inside them.
    """
    if service.suspended_at is not None:
        return
    inside = min(max(service.desired, service.minimum), service.maximum)
    if inside != service.desired:
        _update(actor, service, inside, "the bounds changed", ScalingEvent.Origin.PERSON)


def _refuse_suspended(service: Service) -> None:
    if service.suspended_at is not None:
        said = f"{service.name} is suspended, and nothing of it runs: resume it first."
        raise Invalid({"desired": [said]})


def _check_bounds(service: Service, count: int) -> None:
    if service.kind == Service.Kind.SINGLETON:
        if count != 1:
            said = f"A singleton runs exactly once, {count} was given: suspend it to have none."
            raise Invalid({"desired": [said]})
        return
    if not service.minimum <= count <= service.maximum:
        said = (
            f"{count} is outside of the bounds: use {service.minimum} to {service.maximum}, or"
            " change the bounds on its Scaling page."
        )
        raise Invalid({"desired": [said]})


def _check_end(until: datetime | None) -> None:
    if until is None:
        return
    now = timezone.now()
    if until <= now:
        raise Invalid({"until": ["The override would be over already: choose a later moment."]})
    if until > now + LONGEST_OVERRIDE:
        said = f"An override ends within {LONGEST_OVERRIDE.days} days: choose an earlier moment."
        raise Invalid({"until": [said]})


def write_desired(
    actor: Actor,
    quota: Quota,
    service: Service,
    count: int,
    *,
    reason: str,
    origin: str = ScalingEvent.Origin.PERSON,
    until: datetime | None = None,
    suspend: bool = False,
    verb: str = "set desired",
) -> None:
    """Count, event, reservation and audit together; the caller holds the locks. NoRoom: desired.

    An override with `until`, without an end where it is to `suspend`; else an override ends.
    """
    before = service.desired
    _update(actor, service, count, reason, origin, until, suspend)
    try:
        reserve(quota, service)
    except NoRoom as error:
        raise error.at("desired") from error
    audit.record(
        actor,
        verb,
        service,
        team=service.environment.app.team,
        before={"desired": before},
        after={"desired": count, "reason": reason, "origin": str(origin)},
    )


def _update(
    actor: Actor,
    service: Service,
    count: int,
    reason: str,
    origin: str,
    until: datetime | None = None,
    suspend: bool = False,
) -> None:
    """The UPDATE on the version that was read, with its event; apply follows the commit."""
    at = timezone.now()
    reason = reason[:REASON_LENGTH]
    why = reason if until else ""
    set_by_hand = service.override_until is not None or service.suspended_at is not None
    override_from = service.override_from if set_by_hand else service.desired
    if until is None and not suspend:
        override_from = None
    written = Service.objects.filter(pk=service.pk, desired_version=service.desired_version).update(
        desired=count,
        desired_version=F("desired_version") + 1,
        desired_at=at,
        override_until=until,
        override_from=override_from,
        override_reason=why,
        suspended_at=at if suspend else None,
    )
    if written != 1:
        raise RuntimeError(f"desired of {service} was written past its row's lock")
    ScalingEvent.objects.create(
        service=service,
        at=at,
        origin=origin,
        actor=actor.user,
        before=service.desired,
        after=count,
        reason=reason,
    )
    service.desired, service.desired_at = count, at
    service.desired_version += 1
    service.override_until, service.override_reason = until, why
    service.override_from = override_from
    service.suspended_at = at if suspend else None
    enqueue(QUEUE, APPLY, service.pk)
