"""What decisions are made from beside measurements, as series: so that they can be made again."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from django.db.models import QuerySet

from platform_admin.models import Service
from scaler.loop.state import acknowledgements, endless, seconds
from scaler.rules.arrays import Floats
from scaler.samples.observed import ENDLESS_S


def standing(rows: QuerySet[Service], now: float) -> dict[str, Floats]:
    """Series of these services, by key ascending, in two queries: what `scaler.loop.state` knows.

    The count that is wanted, what Nomad acknowledged of it and how long ago, and for how long a
    count by hand still holds, ENDLESS_S without an end; NaN for none.
    """
    moments = (seconds("override_until"), seconds("suspended_at"))
    table = rows.order_by("pk").values_list("pk", "desired", *moments)
    keys, desired, by_hand, suspended_at = _columns(table, 4)
    until = endless(by_hand, suspended_at)
    acknowledged, at = acknowledgements(rows, keys.astype(np.int64))
    return {
        "desired": desired,
        "acknowledged": acknowledged,
        "ordered_s": np.maximum(now - at, 0.0),
        "override_s": np.where(until > now, np.minimum(until - now, ENDLESS_S), np.nan),
    }


def _columns(rows: Iterable[tuple[object, ...]], many: int) -> Floats:
    found = [[np.nan if each is None else each for each in row] for row in rows]
    return np.array(found, dtype=np.float64).reshape(-1, many).T
