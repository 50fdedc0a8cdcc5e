"""What must not change while a release rolls is held, and decided again after."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Floats, Numbers
from scaler.rules.observation import Observation


def state(observation: Observation) -> Numbers:
    """1 where the count must not change now, else 0. (n,)"""
    return {"rolling": observation.rolling.astype(np.float64)}


def held(count: Floats, numbers: Numbers) -> Floats:
    """The count, or `desired` where it must not change; a suspension is above that. (n,)"""
    fixed = (numbers["rolling"] > 0) & ~(numbers["suspended"] > 0)
    return np.where(fixed, numbers["desired"], count)
