"""What the scaler decided, written: the one place where it changes anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection, transaction

from platform_admin.models import ScalingEvent, ScalingPolicy, Service
from platform_admin.verbs.queue import enqueue
from platform_admin.verbs.quota import locked_all
from platform_admin.verbs.reserving import reserve_counts
from scaler.rules.steps import STEPS

QUEUE = "deploy"
APPLY = "jobs.deploy.apply.several"
_WRITE = """
UPDATE platform_admin_service AS row
SET desired = new.desired, desired_version = row.desired_version + 1, desired_at = %s
FROM unnest(%s::bigint[], %s::int[]) AS new (service, desired)
WHERE row.id = new.service
"""


@dataclass(frozen=True)
class Decided:
    """A decision about one service: `count` in place of `before`, and what it came from.

    `version` and `policy_version` are those of the rows that were read: with others by now,
    somebody else was faster. `counts` after every step, `step` the one that decided.
    """

    service: int
    version: int
    policy_version: int
    before: int
    count: int
    step: str
    counts: tuple[int, ...]
    numbers: Mapping[str, float]


@dataclass(frozen=True)
class Written:
    """What became of decisions, as services: `moved` were changed by others, to be read again.

    `busy` are teams of which nothing was decided, because somebody else had their quota.
    """

    applied: frozenset[int]
    refused: frozenset[int]
    moved: frozenset[int]
    busy: frozenset[int] = frozenset()


@transaction.atomic
def scale(decided: Mapping[int, Sequence[Decided]], at: datetime, *, wait: bool = True) -> Written:
    """What became of decisions, by team: `desired`, events and reservations, all or nothing.

    In their order, which is that of the priorities, where a quota does not hold them all; what
    grows gets as much as there is room for. Without `wait` the teams are left out whose quota
    somebody has locked. The event is the record; the audit, which nobody may shorten, is for
    what people and others do.
    """
    quotas = locked_all(decided, wait=wait)
    mine = {quota.team_id for quota in quotas}
    theirs = [one for team, ones in decided.items() if team in mine for one in ones]
    current = _unmoved(theirs)
    given = reserve_counts(quotas, {one.service: one.count for one in current})
    applied = [_cut(one, given[one.service]) for one in current if one.service in given]
    refused = [one for one in current if one.service not in given]
    if applied:
        _write(applied, at)
        enqueue(QUEUE, APPLY, [one.service for one in applied])
    note(applied, ScalingEvent.Outcome.APPLIED, at)
    note(_not_yet_told(refused), ScalingEvent.Outcome.REFUSED, at)
    return Written(
        applied=frozenset(one.service for one in applied),
        refused=frozenset(one.service for one in refused),
        moved=frozenset({one.service for one in theirs} - {one.service for one in current}),
        busy=frozenset(decided) - mine,
    )


def _cut(one: Decided, count: int) -> Decided:
    """The decision with the count that there is room for, as the quota's step would have it."""
    if count == one.count:
        return one
    first = STEPS.index("quota")
    counts = [*one.counts[:first], *(min(each, count) for each in one.counts[first:])]
    numbers = {**one.numbers, "quota": float(count)}
    return replace(one, count=count, step="quota", counts=tuple(counts), numbers=numbers)


def note(decided: Iterable[Decided], outcome: str, at: datetime) -> None:
    """Writes an event for each decision; one that changes nothing needs no lock."""
    ScalingEvent.objects.bulk_create([_event(one, outcome, at) for one in decided])


def forget(before: datetime) -> int:
    """How many of the scaler's own events from before that moment were deleted.

    What people and other hands did stays.
    """
    old = ScalingEvent.objects.filter(at__lt=before, origin=ScalingEvent.Origin.POLICY)
    return old.delete()[0]


def _not_yet_told(refused: Sequence[Decided]) -> list[Decided]:
    """Those whose last event does not say the same: a shortage is told once, not every tick."""
    last = (
        ScalingEvent.objects.filter(service__in=[one.service for one in refused])
        .order_by("service", "-at", "-pk")
        .distinct("service")
        .values_list("service_id", "outcome", "before", "after")
    )
    told = {service: tuple(rest) for service, *rest in last}
    same = ScalingEvent.Outcome.REFUSED
    return [one for one in refused if told.get(one.service) != (same, one.before, one.count)]


def _unmoved(decided: Sequence[Decided]) -> list[Decided]:
    """The decisions whose service and policy are still those that were read, rows locked."""
    services = {
        row[0]: row[1:]
        for row in Service.objects.select_for_update(of=("self",), no_key=True)
        .filter(
            pk__in=[one.service for one in decided],
            suspended_at__isnull=True,
            deletion__isnull=True,
        )
        .order_by("pk")
        .values_list("pk", "desired_version", "minimum", "maximum")
    }
    following = dict(
        ScalingPolicy.objects.filter(
            service__in=list(services), mode=ScalingPolicy.Mode.ON, paused=False
        ).values_list("service_id", "version")
    )
    return [
        one
        for one in decided
        if following.get(one.service) == one.policy_version
        and _still(one, *services.get(one.service, (-1, 0, 0)))
    ]


def _still(one: Decided, version: int, minimum: int, maximum: int) -> bool:
    return version == one.version and minimum <= one.count <= maximum


def _write(decided: Sequence[Decided], at: datetime) -> None:
    services, counts = [one.service for one in decided], [one.count for one in decided]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [at, services, counts])


def _event(one: Decided, outcome: str, at: datetime) -> ScalingEvent:
    return ScalingEvent(
        service_id=one.service,
        at=at,
        origin=ScalingEvent.Origin.POLICY,
        outcome=outcome,
        before=one.before,
        after=one.count,
        step=one.step,
        policy_version=one.policy_version,
        counts=list(one.counts),
        numbers=dict(one.numbers),
    )
