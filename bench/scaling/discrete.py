"""A web service request by request, to confirm the model. Nothing of the model's code is used.

One queue, first in first out, in front of every slot that is ready; exponential service times; a
second's arrivals come at moments of their own. Who has waited too long gives up.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def late_share(
    arrivals: Floats,
    ready: Ints,
    seed: int,
    slots: int,
    work_s: float,
    late_s: float,
    give_up_s: float,
) -> float:
    """The share of requests that waited longer than `late_s`, or gave up; 0 to 1.

    `arrivals` and `ready` have one value a second: requests, and instances.
    """
    counts = np.rint(arrivals).astype(np.int64)
    random = np.random.default_rng(seed)
    moments = np.repeat(np.arange(len(counts)), counts) + random.random(int(counts.sum()))
    moments.sort()
    work = random.exponential(work_s, len(moments))
    late = _serve(moments, work, ready.astype(np.int64) * slots, late_s, give_up_s)
    return float(late / len(moments)) if len(moments) else 0.0


@numba.njit(cache=True)
def _serve(moments, work, slots, late_s, give_up_s):  # type: ignore[no-untyped-def]
    """How many were late. The heap holds when each busy slot will be free."""
    heap = np.empty(slots.max() + 1)
    size, late, job = 0, 0, 0
    free_from = 0.0
    while job < len(moments):
        now = max(moments[job], free_from)
        second = min(int(now), len(slots) - 1)
        while size > 0 and heap[0] <= now:
            size -= 1
            _sink(heap, size, heap[size])
        if size >= slots[second]:
            following = float(second + 1)
            free_from = min(heap[0], following) if second < len(slots) - 1 else heap[0]
            continue
        wait = now - moments[job]
        if wait > give_up_s:
            late += 1
            job += 1
            continue
        if wait > late_s:
            late += 1
        _rise(heap, size, now + work[job])
        size += 1
        job += 1
    return late


@numba.njit(cache=True)
def _sink(heap, size, value):  # type: ignore[no-untyped-def]
    place = 0
    while 2 * place + 1 < size:
        child = 2 * place + 1
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = value


@numba.njit(cache=True)
def _rise(heap, place, value):  # type: ignore[no-untyped-def]
    while place > 0 and heap[(place - 1) // 2] > value:
        heap[place] = heap[(place - 1) // 2]
        place = (place - 1) // 2
    heap[place] = value
