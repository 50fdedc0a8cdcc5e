"""No more while the cluster can not place what was asked for."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Floats, Numbers
from scaler.rules.observation import Observation


def room(observation: Observation) -> Numbers:
    """1 where instances wait for a place, else 0. (n,)"""
    return {"unplaced": observation.unplaced.astype(np.float64)}


def placed(count: Floats, numbers: Numbers) -> Floats:
    """The count, not above `desired` while instances wait for a place. (n,)"""
    held = np.minimum(count, numbers["desired"])
    return np.where(numbers["unplaced"] > 0, held, count)
