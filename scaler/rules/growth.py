"""How fast arrivals grow, as far as it is more than noise."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Bools, Floats, divided

FIRST = 0.1
"""Noise before any is known."""
QUIETEST = 0.03
"""Noise that is taken for granted, as a share of the rate, beside that of a Poisson count."""
LONGEST_S = 45.0
"""Of the last readings together; older ones say nothing about now."""
DOUBT, SURE = 2.0, 4.0
"""In standard errors of the slope: below the one it counts nothing, from the other on fully."""
LEARN = 0.1
LOUDER = 3.0
"""At most so many times the noise that is known is learned from one reading: a ramp is none."""


def growth(at: Floats, arrivals: Floats, noise: Floats) -> Floats:
    """Requests a second, a second: how fast arrivals grow, never below 0. (n,)

    `at` (n, R) seconds and `arrivals` (n, R) requests a second, oldest first, the present reading
    last, NaN where there is none; `noise` (n,) as a share of the rate. The steeper of the slopes
    over the last two and three readings, each as far as it stands out from noise and no more
    than twice the other: one reading that fell or jumped is no trend.
    """
    last, last_counts = _slope(at, arrivals, noise, 1)
    longer, longer_counts = _slope(at, arrivals, noise, 2)
    both = np.fmin(last, 2 * longer) * last_counts, np.fmin(longer, 2 * last) * longer_counts
    return np.asarray(np.maximum(np.nan_to_num(np.fmax(*both)), 0.0))


def noise_of(noise: Floats, arrivals: Floats, new: Bools) -> Floats:
    """The noise after one more reading, as a share of the rate: how far three are off a line.

    `arrivals` (n, R) as in `growth`; `new` (n,): the last one is another reading than before.
    """
    first, second, third = arrivals[:, -3], arrivals[:, -2], arrivals[:, -1]
    level = np.maximum((first + second + third) / 3, 1.0)
    bent = np.abs(first - 2 * second + third) / np.sqrt(6.0) / level * np.sqrt(np.pi / 2)
    bent = np.minimum(bent, LOUDER * noise)
    learned = np.maximum(noise + LEARN * (bent - noise), QUIETEST)
    return np.where(new & ~np.isnan(bent), learned, noise)


def _slope(at: Floats, arrivals: Floats, noise: Floats, back: int) -> tuple[Floats, Floats]:
    """The slope over the last `back` intervals, and from 0 to 1 how far it is more than noise."""
    elapsed = at[:, -1] - at[:, -1 - back]
    span = np.where((elapsed > 0) & (elapsed <= LONGEST_S), elapsed, np.nan)
    first, last = arrivals[:, -1 - back], arrivals[:, -1]
    slope = divided(last - first, span)
    level = (first + last) / 2
    error = np.sqrt(2.0 * (divided(level * back, span) + (noise * level) ** 2))
    errors = divided(last - first, error)
    return slope, np.clip((errors - DOUBT) / (SURE - DOUBT), 0.0, 1.0)
