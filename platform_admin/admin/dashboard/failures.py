"""Deployments that failed lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from platform_admin.models import Deployment

WITHIN = timedelta(days=1)
MOST = 10


@dataclass(frozen=True)
class Failures:
    """The latest failed deployments of the last day, the newest first.

    `total` is how many there were, `unmended` after how many of them none of the same environment
    succeeded; each row's `mended` says whether one did.
    """

    shown: Sequence[Deployment]
    total: int
    unmended: int


def failures(now: datetime) -> Failures:
    """What failed, in two queries."""
    later = Deployment.objects.filter(
        environment=OuterRef("environment"),
        number__gt=OuterRef("number"),
        state=Deployment.State.SUCCEEDED,
    )
    failed = Deployment.objects.filter(
        state=Deployment.State.FAILED, finished_at__gt=now - WITHIN
    ).annotate(mended=Exists(later))
    rows = failed.select_related("environment__app__team", "actor").order_by("-finished_at", "-pk")
    sums = failed.aggregate(total=Count("pk"), unmended=Count("pk", filter=Q(mended=False)))
    return Failures(list(rows[:MOST]), sums["total"], sums["unmended"])
