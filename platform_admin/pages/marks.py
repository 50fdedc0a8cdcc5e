"""What happened to a service in a stretch of time, to be marked in its chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from platform_admin.models import Deployment, ScalingEvent, Service
from platform_admin.pages.who import who

MOST = 40


@dataclass(frozen=True)
class Mark:
    """A release that went live, or a hand that set the count."""

    at: datetime
    kind: str
    words: str


def marks(service: Service, since: datetime, until: datetime) -> list[Mark]:
    """The newest releases and hands in the stretch, oldest first."""
    found = [*_releases(service, since, until), *_hands(service, since, until)]
    return sorted(found, key=lambda mark: mark.at)[-MOST:]


def _releases(service: Service, since: datetime, until: datetime) -> list[Mark]:
    rows = Deployment.objects.filter(
        services=service,
        state=Deployment.State.SUCCEEDED,
        finished_at__gte=since,
        finished_at__lt=until,
    )
    columns = ("finished_at", "release__number", "restart")
    newest = rows.order_by("-finished_at").values_list(*columns)[:MOST]
    return [
        Mark(at, "release", "restart" if restart else f"release {number}")
        for at, number, restart in newest
        if at
    ]


def _hands(service: Service, since: datetime, until: datetime) -> list[Mark]:
    rows = ScalingEvent.objects.filter(
        service=service, outcome=ScalingEvent.Outcome.APPLIED, at__gte=since, at__lt=until
    ).exclude(origin=ScalingEvent.Origin.POLICY)
    newest = rows.select_related("actor").order_by("-at")[:MOST]
    return [Mark(row.at, "hand", f"{row.before} to {row.after} by {who(row)}") for row in newest]
