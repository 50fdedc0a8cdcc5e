"""The dynamic programme over (second, count). Machine code, for any table of costs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scaler.replay.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.uint8]


@compiled
def enter(best: Floats, fresh: Floats, came_from: Places, startup: int, drain: int) -> None:
    """The least cost of having each count next, from the cost of having each now.

    Both ways cost in proportion to the instances, so the best way into a count is a running minimum
    from below and one from above.
    """
    cheapest = 0
    for index in range(len(best)):
        if best[index] <= best[cheapest] + (index - cheapest) * startup:
            cheapest = index
        fresh[index] = best[cheapest] + (index - cheapest) * startup
        came_from[index] = cheapest
    cheapest = len(best) - 1
    for index in range(len(best) - 1, -1, -1):
        if best[index] <= best[cheapest] + (cheapest - index) * drain:
            cheapest = index
        cost = best[cheapest] + (cheapest - index) * drain
        if cost < fresh[index]:
            fresh[index] = cost
            came_from[index] = cheapest


@compiled
def forward(
    costs: Floats, best: Floats, came_from: Places, startup: int, drain: int, first: bool
) -> None:
    """Carry the least costs through these seconds, in place; `came_from` says over which count.

    `costs` has the shape (seconds, counts); where `first`, any count may be had at once.
    """
    fresh = np.zeros_like(best)
    for second in range(costs.shape[0]):
        if not (first and second == 0):
            enter(best, fresh, came_from[second], startup, drain)
            best[:] = fresh
        best += costs[second]


@compiled
def backward(came_from: Places, last: int) -> Ints:
    """The place in each second of the cheapest way that ends at `last`."""
    places = np.zeros(len(came_from), np.int64)
    for second in range(len(came_from) - 1, -1, -1):
        places[second] = last
        last = came_from[second, last]
    return places
