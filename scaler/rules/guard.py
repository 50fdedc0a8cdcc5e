"""How many requests a service may have in flight, so that none waits longer than it is worth."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Bools, Floats

LEAST_SEEN = 2.0
"""For each instance whose limit was seen: one that is worked on, and one that comes next."""
LEAST_HOPED = 50.0
"""For each instance that was never seen at its limit: a page's pictures are no overload."""
MOST = 1e6
MOVES = 0.1
"""Of the limit that holds: less is no reason to move it."""


def limits(current: Floats, within_s: Floats, ready: Floats, holds: Floats, seen: Bools) -> Floats:
    """Requests that each service may have in flight from now on, NaN for no limit. (n,)

    By Little's law what `ready` instances work off in `within_s` seconds: ready x holds x within_s,
    where an instance `holds` so many requests a second, `seen` at its limit or only hoped for.
    `current` stays where what is needed is unknown, and where the limit would move by no more than
    MOVES: each change makes the edge load its whole configuration (3 s of its processor's time at
    3,000 services) and count what is in flight from nothing. While none is ready the fallback
    answers, and the limit is that of the one that comes back first. NaN in `within_s`: no guard.
    """
    ready = np.maximum(ready, 1.0)
    least = np.where(seen, LEAST_SEEN, LEAST_HOPED) * ready
    limit = np.minimum(np.maximum(np.ceil(ready * holds * within_s), least), MOST)
    near = np.abs(limit - current) <= MOVES * current
    wanted = np.where(np.isnan(limit) | near, current, limit)
    return np.where(np.isnan(within_s), np.nan, wanted)
