from __future__ import annotations

import time

from django.db import connection

from jobs.specs.names import ONE_JOB
from platform_admin.models import Cell
from platform_admin.verbs.queue import enqueue

AGAIN_S = 10.0
_DIFFERING = """
SELECT DISTINCT colour.service_id
FROM platform_admin_colour AS colour
JOIN platform_admin_service AS service ON service.id = colour.service_id
JOIN platform_admin_environment AS environment ON environment.id = service.environment_id
JOIN platform_admin_cell AS cell ON cell.id = environment.cell_id
LEFT JOIN (
    SELECT service_id, colour, count(*) AS instances
    FROM platform_admin_instance
    WHERE cell_id = %s AND NOT ended AND desired_status = 'run'
    GROUP BY service_id, colour
) AS runs ON runs.service_id = colour.service_id AND runs.colour = colour.colour
WHERE cell.id = %s AND service.kind <> ALL(%s)
    AND (colour.acknowledged_at IS NULL OR colour.acknowledged_at < cell.observed_at)
    AND colour.acknowledged <> COALESCE(runs.instances, 0)
"""


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

    What was acknowledged since the cell was observed is not in the table yet. A cron has no
    instances of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING, [cell.pk, cell.pk, sorted(ONE_JOB)])
        return {service for (service,) in cursor}
