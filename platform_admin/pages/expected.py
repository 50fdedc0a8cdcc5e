"""How long a deployment will take, from how long the last ones took."""

from __future__ import annotations

from statistics import median

from django.db.models import Count, F, Subquery

from platform_admin.models import Deployment

LAST = 5


def expected_s(deployment: Deployment) -> float | None:
    """The median seconds of the environment's last five that succeeded before it; None for none.

    Only those count that touched as many services, and restarts for restarts: one service is live
    sooner than five. One
    query, for a page to ask once: what the last ones took is the same to the deployment's end.
    """
    counted = Deployment.objects.annotate(many=Count("services"))
    rows = counted.filter(
        environment=deployment.environment_id,
        state=Deployment.State.SUCCEEDED,
        restart=deployment.restart,
        pk__lt=deployment.pk,
        finished_at__isnull=False,
        many=Subquery(counted.filter(pk=deployment.pk).values("many")),
    )
    last = rows.annotate(took=F("finished_at") - F("created_at")).order_by("-pk")
    seconds = [took.total_seconds() for took in last.values_list("took", flat=True)[:LAST]]
    return median(seconds) if seconds else None
