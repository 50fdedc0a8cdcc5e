"""The arrays that all rules speak in: one place for a service, NaN for what is not known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Numbers = dict[str, Floats]
"""What the steps used, by name: one float a service, NaN where there is nothing to say."""

LARGEST_COUNT = 1e6
"""Instances. What is proposed is cut here, so that a lie of a source stays a number."""
_LEAST = 1e-9


def whole(wanted: Floats) -> Floats:
    """Instances that hold `wanted`: rounded up, from 0 to LARGEST_COUNT; NaN stays NaN.

    What is above a whole number by no more than rounding is that number.
    """
    possible = np.clip(wanted, 0.0, LARGEST_COUNT)
    return np.maximum(np.ceil(possible - _LEAST * np.maximum(1.0, possible)), 0.0)


def divided(above: Floats, below: Floats) -> Floats:
    """`above / below`, NaN where `below` is 0 or either is NaN."""
    usable = below != 0
    with np.errstate(over="ignore"):
        return np.where(usable, above / np.where(usable, below, 1.0), np.nan)


def replaced(before: Floats, now: Floats) -> Bools:
    """Whether a known value is another one than before; what was not known is not. (n,)"""
    return np.asarray(np.isfinite(before) & np.isfinite(now) & (before != now))
