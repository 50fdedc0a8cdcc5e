"""Durations from cumulative buckets. Pure."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Floats, divided


def quantile(share: float, bounds: Floats, buckets: Floats) -> Floats:
    """The duration in seconds below which `share` of the requests are, NaN without any. (n,)

    `bounds` (B,) are the upper bounds, the last one infinite; `buckets` (n, B) are cumulative.
    Linear inside a bucket; the last bound that is a number where it is beyond that one, and NaN
    where the infinite one is the only one.
    Prometheus, histogram_quantile.
    """
    total = buckets[:, -1]
    rank = share * total
    place = np.argmax(buckets >= rank[:, np.newaxis], axis=1)
    rows = np.arange(len(buckets))
    upper = bounds[place]
    lower = np.where(place > 0, bounds[place - 1], 0.0)
    below = np.where(place > 0, buckets[rows, place - 1], 0.0)
    inside = divided(rank - below, buckets[rows, place] - below)
    finite = np.where(np.isinf(upper), np.where(place > 0, lower, np.nan), upper)
    found = lower + (finite - lower) * np.nan_to_num(inside, nan=1.0)
    return np.where(total > 0, found, np.nan)
