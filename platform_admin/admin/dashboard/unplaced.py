"""Services of which instances wait for a place in the cluster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from platform_admin.models import Colour, Instance

REST = "rest"
PLACED_WITHIN = timedelta(seconds=30)
"""From Nomad's acknowledgement to the observation in which its instances must stand."""


@dataclass(frozen=True)
class Unplaced:
    """How many instances Nomad was asked for, how many of them have a place, and since when."""

    asked: int
    placed: int
    since: datetime


def unplaced(now: datetime) -> dict[int, Unplaced]:
    """By service, those that have lacked a place for a while; one query.

    A service that a deployment moves is left out, and one whose cell was not seen since. An
    instance that failed keeps its place until Nomad brings another one.
    """
    placed = (
        Instance.objects.filter(service=OuterRef("service"), colour=OuterRef("colour"))
        .filter(Q(ended=False) | Q(client_status="failed"), desired_status="run")
        .order_by()
        .values("service")
        .annotate(many=Count("*"))
    )
    rows = Colour.objects.filter(
        service__rollout__state=REST,
        service__rollout__live=F("colour"),
        acknowledged_at__lt=now - PLACED_WITHIN,
        service__environment__cell__observed_at__gt=F("acknowledged_at") + PLACED_WITHIN,
    ).annotate(placed=Coalesce(Subquery(placed.values("many")), 0))
    short = rows.filter(placed__lt=F("acknowledged"))
    found = short.values_list("service_id", "acknowledged", "placed", "acknowledged_at")
    return {service: Unplaced(asked or 0, has, at) for service, asked, has, at in found if at}
