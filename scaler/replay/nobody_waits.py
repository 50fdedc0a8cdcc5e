"""What a clairvoyant that lets no job wait would have paid for a worker."""

from __future__ import annotations

import numpy as np

from scaler.replay.compiled import compiled
from scaler.replay.seen import Floats, Ints


def hours_without_wait(
    arrivals: Floats, runs: Floats, startup_s: int, window: tuple[int, int]
) -> tuple[float, Ints]:
    """The least instance-seconds within `window`, and the count in each of its seconds.

    Every job starts as it arrives, so k instances are busy when k jobs run. The k-th idles through
    a gap that is shorter than a start-up, and is ended and started anew for a longer one; each does
    so for itself, so the sum is exact. The first one is always there.
    """
    ends = arrivals + runs
    times = np.concatenate((arrivals, ends))
    steps = np.concatenate((np.ones(len(arrivals), np.int64), -np.ones(len(ends), np.int64)))
    order = np.lexsort((steps, times))
    change = np.zeros(window[1] - window[0] + 1, np.int64)
    spent = billed(times[order], steps[order], float(startup_s), window, change)
    return spent, np.cumsum(change[:-1])


@compiled
def billed(
    times: Floats, steps: Ints, startup: float, window: tuple[int, int], change: Ints
) -> float:
    """The billed seconds in the window; `change` gets the steps of the count, a second each."""
    begin, end = float(window[0]), float(window[1])
    idle_since = np.full(len(times) // 2 + 2, -np.inf)
    billed_from = np.zeros(len(times) // 2 + 2)
    total, busy = 0.0, 0
    for event in range(len(times)):
        now = times[event]
        if steps[event] > 0:
            busy += 1
            kept = busy == 1 or now - idle_since[busy] <= startup
            billed_from[busy] = idle_since[busy] if kept else now - startup
            continue
        total += pay(billed_from[busy], now, begin, end)
        mark(change, billed_from[busy], now, begin, end)
        idle_since[busy] = now
        busy -= 1
    mark(change, idle_since[1], end, begin, end)
    return total + pay(idle_since[1], end, begin, end)


@compiled
def pay(first: float, last: float, begin: float, end: float) -> float:
    """Seconds of [first, last) that lie in the window."""
    return max(0.0, min(last, end) - max(first, begin))


@compiled
def mark(change: Ints, first: float, last: float, begin: float, end: float) -> None:
    """One more instance from `first` to `last`."""
    if last <= begin or first >= end:
        return
    change[int(max(first, begin) - begin)] += 1
    change[int(min(last, end) - begin)] -= 1
