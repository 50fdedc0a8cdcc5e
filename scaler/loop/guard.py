"""The guard's limits, moved with what runs: one UPDATE a decision, of the rows that differ."""

from __future__ import annotations

import numpy as np
from django.db import connection

from scaler.loop.made import Made
from scaler.rules.arrays import Bools, Floats
from scaler.rules.capacity import is_sure, planned
from scaler.rules.guard import limits
from scaler.rules.learning import FULL, learns_latency

_MOVE = """
UPDATE platform_admin_service AS row
SET in_flight_limit = new.amount
FROM unnest(%s::bigint[], %s::int[]) AS new (service, amount)
WHERE row.id IN (
    SELECT id FROM platform_admin_service WHERE id = ANY(%s::bigint[])
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
) AND row.id = new.service
"""
"""A row that somebody holds is left to the next tick: nothing waits here, and nobody for this."""


def move(made: Made) -> int:
    """How many services of the decision got another limit, or none; no count is touched."""
    now, wanted = made.state.in_flight_limit, wanted_of(made)
    places = np.flatnonzero(~((now == wanted) | (np.isnan(now) & np.isnan(wanted))))
    if not places.size:
        return 0
    services = made.state.services[places].tolist()
    amounts = [None if np.isnan(each) else int(each) for each in wanted[places]]
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [services, amounts, services])
        return int(cursor.rowcount)


def wanted_of(made: Made) -> Floats:
    """The limit that each service should have, NaN for none. (n,)"""
    holds, seen = _holds(made)
    ready = made.decision.numbers["ready"]
    return limits(made.state.in_flight_limit, made.state.guard_s, ready, holds, seen)


def _holds(made: Made) -> tuple[Floats, Bools]:
    """Requests a second of an instance as its policy learned it, and whether it was seen full."""
    capacity, nothing = made.decision.history.capacity, np.full(len(made.state), np.nan)
    numbers, learns = made.decision.numbers, learns_latency(made.policies)
    holds = np.where(learns, numbers.get("holds", nothing), planned(capacity))
    full = np.where(learns, ~np.isnan(numbers.get(FULL, nothing)), is_sure(capacity))
    return holds, np.asarray(full)
