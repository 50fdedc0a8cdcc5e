"""How long a deployment will take, from how long the last ones took."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

from django.db.models import F

from platform_admin.models import Deployment

LAST = 5


def expected_s(deployment: Deployment) -> float | None:
    """The median seconds of the environment's last five that succeeded before it; None for none.

    Only those count that touched as many services: one service is live sooner than five.
    """
    services = set(deployment.services.values_list("pk", flat=True))
    rows = deployment.environment.deployments.filter(
        state=Deployment.State.SUCCEEDED, pk__lt=deployment.pk, finished_at__isnull=False
    )
    last = rows.annotate(took=F("finished_at") - F("created_at")).order_by("-pk")
    same: list[timedelta] = [
        row.took
        for row in last.prefetch_related("services")[: LAST * LAST]
        if len(row.services.all()) == len(services)
    ]
    return median(each.total_seconds() for each in same[:LAST]) if same else None
