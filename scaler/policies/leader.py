"""Whose count is taken: the expert that would have cost least so far."""

from __future__ import annotations

import numpy as np

from scaler.policies.experts import REACTIVE
from scaler.policies.readings import INTERVAL_S, Floats, Ints, Singles

ENOUGH_S = 3600.0
"""History from which on an expert is followed; before, the reactive rule."""


def leading(cost: Singles, seen: Floats) -> Ints:
    """The expert to follow, (n,): of `cost` (n, E) the least, the first one of equals.

    `seen` (n,): how many readings were known. Follow the leader (Hannan 1957): the costs are those
    of the service's own arrivals, which do not depend on whom it followed.
    """
    best = np.argmin(cost, axis=1)
    return np.where(seen * INTERVAL_S < ENOUGH_S, REACTIVE, best)
