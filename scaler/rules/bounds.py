"""The service's minimum and maximum."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Floats, Numbers
from scaler.rules.policies import Policies


def limits(policies: Policies) -> Numbers:
    """The minimum and the maximum, instances. (n,)"""
    return {"minimum": policies.minimum, "maximum": policies.maximum}


def bounded(count: Floats, numbers: Numbers) -> Floats:
    """The count inside its bounds, at once and whatever came before; 0 where suspended. (n,)"""
    inside = np.minimum(np.maximum(count, numbers["minimum"]), numbers["maximum"])
    return np.where(numbers["suspended"] > 0, 0.0, inside)
