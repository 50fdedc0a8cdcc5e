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
# A colour carries traffic as jobs.deploy.routing says; while traffic moves, both ends of the move
# count. A worker has no traffic: all of its instances take jobs.
_COUNTED = """
SELECT one.service_id,
       count(*) FILTER (WHERE one.desired_status = 'run'),
       count(*) FILTER (WHERE one.desired_status = 'run' AND NOT one.ended),
       count(*) FILTER (WHERE one.healthy AND NOT one.draining AND NOT one.ended),
       count(*) FILTER (WHERE one.healthy AND NOT one.draining AND NOT one.ended AND (
           service.kind = 'worker'
           OR one.colour = rollout.live
              AND (rollout.at <> '1' OR rollout.moving AND rollout.next <> '1')
           OR one.colour = rollout.new
              AND (rollout.at <> '0' OR rollout.moving AND rollout.next <> '0')
       ))
FROM platform_admin_instance AS one
JOIN platform_admin_service AS service ON service.id = one.service_id
JOIN platform_admin_rollout AS rollout ON rollout.service_id = one.service_id
WHERE one.cell_id = %s AND (NOT one.ended OR one.client_status = 'failed' AND one.seen_at > %s)
GROUP BY one.service_id
"""


def instances(cell: int, services: Ints, now: float) -> dict[str, Floats]:
    """Instances by what they do, and the observation's age in seconds, (n,).

    `placed`: those that are `running`, and one that failed keeps its place while it waits to be
    replaced. `serving`: the `healthy` ones that carry traffic. `services` ascending; a service
    without a row has none, and without an observation all is unknown.
    """
    observed = Cell.objects.values_list("observed_at", flat=True).get(pk=cell)
    age = np.full(len(services), np.nan if observed is None else now - observed.timestamp())
    failed_since = observed and observed - timedelta(seconds=REPLACED_WITHIN_S)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [cell, failed_since])
        rows = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 5)
    counts = np.zeros((4, len(services)))
    places = np.searchsorted(services, rows[:, 0])
    here = places < len(services)
    here[here] = services[places[here]] == rows[here, 0]
    counts[:, places[here]] = rows[here, 1:].T
    placed, running, healthy, serving = np.where(np.isnan(age), np.nan, counts)
    return {
        "running": running,
        "placed": placed,
        "healthy": healthy,
        "serving": serving,
        "ready_age_s": np.maximum(age, 0.0),
    }
