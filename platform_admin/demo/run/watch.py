"""What stands now: counts with their bounds, the team's use of its quota, what was decided."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count as Counted
from django.db.models import Q
from django.utils import timezone

from platform_admin.demo.run.report import Count, Decision, Use
from platform_admin.models import Environment, Quota, Reservation, ScalingEvent
from platform_admin.pages.decided import decided
from platform_admin.rules.quota import surge_room
from platform_admin.verbs.quota import limits_of, used
from platform_admin.verbs.reservations import one_of_each
from scaler.rules.words import sentence

HEALTHY = Q(instances__healthy=True, instances__draining=False, instances__ended=False)


def counts(environment: Environment) -> list[Count]:
    """Of every service of the environment, by name."""
    now = timezone.now()
    rows = environment.services.annotate(healthy=Counted("instances", filter=HEALTHY))
    return [
        Count(now, row.name, row.desired, row.healthy, row.minimum, row.maximum)
        for row in rows.order_by("name")
    ]


def use(environment: Environment) -> Use:
    """Of the team's quota, in instances."""
    team = environment.app.team
    limits = limits_of(Quota.objects.get(team=team))
    desired, reserved = used(team)
    rows = list(Reservation.objects.filter(team=team).select_related("service"))
    surge = surge_room(limits, one_of_each(rows)).instances
    return Use(
        timezone.now(),
        desired.instances,
        limits.instances,
        reserved.instances,
        limits.instances + surge,
    )


def decisions(environment: Environment, since: datetime) -> list[Decision]:
    """What the scaler and others decided of its services since then, in order."""
    rows = ScalingEvent.objects.filter(service__environment=environment, at__gte=since)
    return [_decision(row) for row in rows.select_related("service__policy").order_by("at", "pk")]


def _decision(row: ScalingEvent) -> Decision:
    event = decided(row)
    words = sentence(event) if event else row.reason
    quota = (event.before("quota"), event.after("quota")) if event else None
    return Decision(row.at, row.service.name, row.before, row.after, words, quota)
