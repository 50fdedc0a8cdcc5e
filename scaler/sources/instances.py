"""How many instances run, from the table that the observer keeps."""

from __future__ import annotations

import numpy as np
from django.db import connection

from platform_admin.models import Cell
from scaler.rules.arrays import Floats, Ints

_COUNTED = """
SELECT service_id,
       count(*) FILTER (WHERE desired_status = 'run'),
       count(*) FILTER (WHERE healthy AND NOT draining)
FROM platform_admin_instance
WHERE cell_id = %s AND service_id IS NOT NULL AND NOT ended
GROUP BY service_id
"""


def instances(cell: int, services: Ints, now: float) -> dict[str, Floats]:
    """Instances that run and that are healthy, and the observation's age in seconds, (n,).

    `services` ascending. A service without a row runs none; without an observation all is unknown.
    """
    observed = Cell.objects.values_list("observed_at", flat=True).get(pk=cell)
    age = np.full(len(services), np.nan if observed is None else now - observed.timestamp())
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [cell])
        rows = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 3)
    running, healthy = np.zeros((2, len(services)))
    places = np.searchsorted(services, rows[:, 0])
    here = places < len(services)
    here[here] = services[places[here]] == rows[here, 0]
    running[places[here]], healthy[places[here]] = rows[here, 1], rows[here, 2]
    unknown = np.isnan(age)
    return {
        "running": np.where(unknown, np.nan, running),
        "healthy": np.where(unknown, np.nan, healthy),
        "ready_age_s": np.maximum(age, 0.0),
    }
