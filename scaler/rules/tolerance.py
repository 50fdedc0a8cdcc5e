"""Inside the dead band: no change."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Floats, Numbers
from scaler.rules.combine import combined, highest
from scaler.rules.proposal import Proposals

_ROUNDING = 1e-9


def band(found: Proposals, tolerance: Floats, desired: Floats) -> Numbers:
    """The highest proposal when those inside the dead band stay at `desired`, as a number.

    `|1 - ratio| <= tolerance`, for each signal that has a ratio, as HPA does. NaN where no
    signal is known. (n,)
    """
    inside = np.abs(1 - found.ratio) <= tolerance[:, np.newaxis] + _ROUNDING
    count = np.where(inside & ~np.isnan(found.count), desired[:, np.newaxis], found.count)
    return {"tolerance": tolerance, "tolerated": highest(count)}


def tolerated(count: Floats, numbers: Numbers) -> Floats:
    """The count, or `desired` where what is wanted is inside the dead band. (n,)"""
    kept = np.where(np.isnan(numbers["tolerated"]), numbers["desired"], numbers["tolerated"])
    return np.where(numbers["signals"] > 0, combined(kept, numbers), count)
