"""A count that a person set: until it ends, it replaces what the signals want."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import LARGEST_COUNT, Floats, Numbers
from scaler.rules.observation import Observation


def in_force(observation: Observation, now: float) -> Numbers:
    """The count that is set by hand, NaN for none, and for how many seconds yet. (n,)

    `suspended` is 1 where it is 0 without an end: above every other rule and the minimum.
    """
    active = (observation.override >= 0) & (observation.override_until > now)
    count = np.where(active, np.minimum(observation.override, LARGEST_COUNT), np.nan)
    endless = np.isinf(observation.override_until)
    remaining = np.where(active & ~endless, observation.override_until - now, np.nan)
    return {
        "override": count,
        "override_left_s": remaining,
        "suspended": np.where(endless & (count == 0), 1.0, 0.0),
    }


def overridden(count: Floats, numbers: Numbers) -> Floats:
    """The count that is set by hand, else the one that comes in. (n,)"""
    return np.where(np.isnan(numbers["override"]), count, numbers["override"])
