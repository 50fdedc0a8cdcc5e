"""How many instances there are, from the table that the observer keeps."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from django.db import connection

from jobs.specs.group import RESCHEDULED_AFTER_S
from platform_admin.models import Cell
from scaler.rules.arrays import Floats, Ints

REPLACED_WITHIN_S = RESCHEDULED_AFTER_S + 5.0
"""From the moment at which an instance was seen to have failed until its replacement is seen."""
_COUNTED = """
SELECT service_id,
       count(*) FILTER (WHERE desired_status = 'run'),
       count(*) FILTER (WHERE healthy AND NOT draining AND NOT ended)
FROM platform_admin_instance
WHERE cell_id = %s AND service_id IS NOT NULL
  AND (NOT ended OR client_status = 'failed' AND seen_at > %s)
GROUP BY service_id
"""


def instances(cell: int, services: Ints, now: float) -> dict[str, Floats]:
    """Instances with a place and those that are healthy, the observation's age in seconds, (n,).

    `services` ascending. A service without a row has none; without an observation all is unknown.
    One that failed keeps its place while it waits to be replaced.
    """
    observed = Cell.objects.values_list("observed_at", flat=True).get(pk=cell)
    age = np.full(len(services), np.nan if observed is None else now - observed.timestamp())
    failed_since = observed and observed - timedelta(seconds=REPLACED_WITHIN_S)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [cell, failed_since])
        rows = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 3)
    placed, healthy = np.zeros((2, len(services)))
    places = np.searchsorted(services, rows[:, 0])
    here = places < len(services)
    here[here] = services[places[here]] == rows[here, 0]
    placed[places[here]], healthy[places[here]] = rows[here, 1], rows[here, 2]
    unknown = np.isnan(age)
    return {
        "placed": np.where(unknown, np.nan, placed),
        "healthy": np.where(unknown, np.nan, healthy),
        "ready_age_s": np.maximum(age, 0.0),
    }
