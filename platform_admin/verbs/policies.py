from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from platform_admin.models import ScalingPolicy, Service
from platform_admin.rules.permissions import Permission
from platform_admin.rules.policy import (
    PolicyFields,
    default_policy,
    fields_of,
    policy_errors,
    row_of,
    told,
)
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.locks import locked_service
from platform_admin.verbs.scope import require
from platform_admin.verbs.stale import refuse_stale

_LEARN = """
UPDATE platform_admin_scalingpolicy AS row
SET start_up_measured_s = (COALESCE(row.start_up_measured_s, new.seconds) + new.seconds) / 2
FROM (
    SELECT service.id, avg(LEAST(found.seconds, service.start_limit_s)) AS seconds
    FROM unnest(%s::bigint[], %s::float[], %s::float[]) AS found (service, seconds, ran_s)
    JOIN platform_admin_service AS service ON service.id = found.service
    WHERE found.ran_s <= service.start_limit_s
    GROUP BY service.id
) AS new
WHERE row.service_id = new.id
"""


@dataclass(frozen=True)
class StartUp:
    """An instance of the service was healthy for the first time `seconds` after its order.

    `ran_s`: for how long it was known to run by then, in seconds.
    """

    service: int
    seconds: float
    ran_s: float


def make_policy(service: Service) -> ScalingPolicy:
    """The policy of a new service: its kind's defaults; part of the verb that makes it."""
    return ScalingPolicy.objects.create(service=service, **row_of(default_policy(service.kind)))


def reset_policy(service: Service) -> None:
    """Gives a service that changed its kind that kind's defaults; part of that verb.

    Its schedule stays, which says nothing of the kind.
    """
    fields = row_of(default_policy(service.kind))
    del fields["time_zone"], fields["windows"]
    ScalingPolicy.objects.filter(service=service).update(
        **fields, start_up_measured_s=None, version=F("version") + 1
    )


@transaction.atomic
def save_policy(
    actor: Actor,
    service: Service,
    fields: PolicyFields,
    *,
    seen: Mapping[str, object] | None = None,
) -> ScalingPolicy:
    """The service's policy with these fields, from the next tick on. Invalid by field.

    Stale where somebody changed a field since it was `seen`, which this would undo.
    """
    service, policy = _locked(actor, service)
    before = policy_fields(policy)
    refuse_stale(seen, told(before), told(fields))
    errors = policy_errors(fields, service.kind, service.maximum, service.minimum)
    if errors:
        raise Invalid(errors)
    if before == fields:
        return policy
    for name, value in row_of(fields).items():
        setattr(policy, name, value)
    return _saved(actor, policy, "save policy", told(before), told(fields))


@transaction.atomic
def pause_scaling(actor: Actor, service: Service) -> ScalingPolicy:
    """The policy, paused: the count stays where it is until somebody resumes it."""
    _, policy = _locked(actor, service)
    if policy.paused:
        return policy
    policy.paused, policy.paused_at = True, timezone.now()
    return _saved(actor, policy, "pause scaling", {"paused": False}, {"paused": True})


@transaction.atomic
def resume_scaling(actor: Actor, service: Service) -> ScalingPolicy:
    """The policy, followed again from the next tick on."""
    _, policy = _locked(actor, service)
    if not policy.paused:
        return policy
    policy.paused, policy.paused_at = False, None
    return _saved(actor, policy, "resume scaling", {"paused": True}, {"paused": False})


def note_start_ups(found: Sequence[StartUp]) -> None:
    """Learns how long services' instances take from their order to the first request.

    Half of what is used is the newest, the mean of those that came at once. No start-up is longer
    than its limit, and what ran for longer was ill. What was measured is not part of what
    somebody wants, so the policy's version stays.
    """
    if not found:
        return
    columns = zip(*((one.service, one.seconds, one.ran_s) for one in found), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_LEARN, [list(column) for column in columns])


def policy_fields(policy: ScalingPolicy) -> PolicyFields:
    """The row as the fields that `save_policy` takes."""
    return fields_of({name: getattr(policy, name) for name in PolicyFields.__dataclass_fields__})


def _locked(actor: Actor, service: Service) -> tuple[Service, ScalingPolicy]:
    """The service and its policy, locked in that order: who writes `desired` locks it too."""
    require(actor, service.environment.app.team, Permission.SCALE)
    service = locked_service(service)
    return service, ScalingPolicy.objects.select_for_update(of=("self",)).get(service=service)


def _saved(
    actor: Actor,
    policy: ScalingPolicy,
    verb: str,
    before: dict[str, object],
    after: dict[str, object],
) -> ScalingPolicy:
    policy.version += 1
    policy.save()
    changed = [name for name in after if before.get(name) != after[name]]
    audit.record(
        actor,
        verb,
        policy.service,
        team=policy.service.environment.app.team,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    return policy
