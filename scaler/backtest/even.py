"""Stored readings as they would be, had every one come, INTERVAL_S apart."""

from __future__ import annotations

import numpy as np

from scaler.policies.readings import INTERVAL_S
from scaler.rules.arrays import Floats


def even(at: Floats, table: Floats) -> tuple[float, Floats, Floats]:
    """When they begin, moments INTERVAL_S apart, and the table then, NaN where nothing was read.

    `at` (k,) ascending seconds, `table` (SERIES, k).
    """
    since = float(at[0]) - INTERVAL_S / 2
    places = ((at - since) // INTERVAL_S).astype(np.int64)
    moments = since + INTERVAL_S * (np.arange(places[-1] + 1) + 0.5)
    found = np.full((len(table), len(moments)), np.nan)
    found[:, places] = table
    moments[places] = at
    return since, moments, found


def carried(values: Floats, otherwise: float) -> Floats:
    """The values (k,) with the last known one in place of NaN, `otherwise` before the first."""
    places = np.maximum.accumulate(np.where(np.isnan(values), -1, np.arange(len(values))))
    return np.where(places >= 0, values[np.maximum(places, 0)], otherwise)
