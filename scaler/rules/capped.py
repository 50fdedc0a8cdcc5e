"""Which step keeps a service from growing."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Floats, Ints
from scaler.rules.steps import STEPS

CAPS: tuple[str, ...] = ("bounds", "placement", "quota")
"""Maximum, room in the cluster, quota, in the order of the steps."""


def capped(counts: Floats | Ints) -> Ints:
    """For each service the place in CAPS of the last step that took some away, -1 for none. (n,)

    `counts` (STEPS, n) after every step; a service of which they are unknown is held by nothing.
    """
    found = np.full(counts.shape[1], -1, dtype=np.int64)
    for place, step in enumerate(CAPS):
        at = STEPS.index(step)
        found[counts[at] < counts[at - 1]] = place
    return found


def asked_for(counts: Floats | Ints) -> Floats:
    """The count that each service would have without any of CAPS. (n,)"""
    return np.asarray(counts[STEPS.index(CAPS[0]) - 1], dtype=np.float64)
