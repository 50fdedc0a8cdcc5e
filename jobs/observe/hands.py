from __future__ import annotations

import time
from collections import Counter

from django.db.models import F, Q

from platform_admin.models import Cell, Colour, Instance
from platform_admin.verbs.queue import enqueue

AGAIN_S = 10.0


class Hands:
    """Where another number runs than Nomad acknowledged, `apply` is asked to look.

    `apply` alone notices another hand. A service is asked about at most every ten seconds, because
    instances that can not be placed differ for as long.
    """

    def __init__(self) -> None:
        self._asked: dict[int, float] = {}

    def look(self, cell: Cell) -> None:
        """Enqueue `apply` for the services of a cell that differ."""
        now = time.monotonic()
        for service_id in differing(cell):
            if now - self._asked.get(service_id, -AGAIN_S) >= AGAIN_S:
                self._asked[service_id] = now
                enqueue("deploy", "jobs.deploy.apply.run", service_id)


def differing(cell: Cell) -> set[int]:
    """The services of which a colour runs more or fewer than were acknowledged.

    What was acknowledged since the cell was observed is not in the table yet.
    """
    meant = Instance.objects.filter(cell=cell, ended=False, desired_status="run")
    runs = Counter(meant.values_list("service_id", "colour"))
    seen = Q(acknowledged_at__isnull=True) | Q(
        acknowledged_at__lt=F("service__environment__cell__observed_at")
    )
    known = Colour.objects.filter(
        seen, service__environment__cell=cell, acknowledged__isnull=False
    ).values_list("service_id", "colour", "acknowledged")
    return {service for service, colour, count in known if runs[service, colour] != count}
