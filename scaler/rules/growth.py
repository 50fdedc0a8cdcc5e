"""How fast arrivals grow, as far as it is more than noise."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Floats, divided

LOUDEST = 0.05
"""Noise of a rate that is taken for granted, as a share of it, beyond that of a Poisson count."""
LONGEST_S = 45.0
"""Of the last readings together; older ones say nothing about now."""
NOISE, SURE = 1.5, 3.0
"""In standard errors of the slope: below the one it counts nothing, from the other on fully."""


def growth(at: Floats, arrivals: Floats) -> Floats:
    """Requests a second, a second: how fast arrivals grow, never below 0. (n,)

    `at` (n, R) seconds and `arrivals` (n, R) requests a second, oldest first, the present reading
    last, NaN where there is none. The steeper of the slopes over the last two and three readings,
    each as far as it stands out from noise.
    """
    lengths = [
        _counted(at[:, -1] - at[:, -1 - back], arrivals[:, -1 - back], arrivals[:, -1], back)
        for back in (1, 2)
    ]
    return np.maximum(*lengths)


def _counted(elapsed: Floats, first: Floats, last: Floats, readings: int) -> Floats:
    near = (elapsed > 0) & (elapsed <= LONGEST_S)
    span = np.where(near, elapsed, np.nan)
    slope = divided(last - first, span)
    level = np.fmax((first + last) / 2, 0.0)
    poisson = divided(level * readings, span)
    noise = np.sqrt(poisson + (LOUDEST * level) ** 2)
    errors = divided(slope, divided(np.sqrt(2.0) * noise, span))
    share = np.clip((errors - NOISE) / (SURE - NOISE), 0.0, 1.0)
    return np.nan_to_num(np.where(slope > 0, slope * share, 0.0))
