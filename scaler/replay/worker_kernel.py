"""The jobs of a worker: one queue, one job an instance. Machine code.

All that is called from here stands here: see `compiled`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from scaler.replay.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Columns of a lane's whole numbers: its instances, the next job to start, changes of the count.
COUNT, NEXT, CHANGES = range(3)
# Columns of a lane's real numbers: summed over the scored part, and of all jobs that finished.
LATE, JOBS, BILLED, FINISHED, FINISHED_S = range(5)
# Columns of an instance: when it was or will be free, when it is ready, the run time of its job.
FREE, READY, RUN = range(3)
# Columns of what is seen.
SEEN_READY, SEEN_STARTING, SEEN_WAITING, SEEN_BUSY, SEEN_OLDEST, SEEN_RUN = range(6)


@compiled
def sift_down(heap: Ints, size: int, place: int, instances: Floats) -> None:
    """Restore the heap of instances, the first free on top, from `place` downwards."""
    moved = heap[place]
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and instances[heap[child + 1], FREE] < instances[heap[child], FREE]:
            child += 1
        if instances[heap[child], FREE] >= instances[moved, FREE]:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = moved


@compiled
def rebuild(heap: Ints, size: int, instances: Floats) -> None:
    """The heap of the first `size` instances."""
    for index in range(size):
        heap[index] = index
    for place in range(size // 2 - 1, -1, -1):
        sift_down(heap, size, place, instances)


@compiled
def order(
    whole: Ints, heap: Ints, instances: Floats, now: float, desired: int, startup: float, end: float
) -> float:
    """Start or end instances; the seconds that ended ones still work, billed up to `end`.

    As Nomad does it: the highest indexes go, busy or not. A busy one finishes its job.
    """
    count = whole[COUNT]
    if desired == count:
        return 0.0
    whole[CHANGES] += 1
    drained = 0.0
    for index in range(desired, count):
        if instances[index, READY] <= now:
            drained += max(0.0, min(instances[index, FREE], end) - now)
            if instances[index, FREE] > now:
                instances[index, RUN] = 0.0
    for index in range(count, desired):
        instances[index, FREE] = now + startup
        instances[index, READY] = now + startup
        instances[index, RUN] = 0.0
    whole[COUNT] = desired
    rebuild(heap, desired, instances)
    return drained


@compiled
def start_jobs(
    whole: Ints,
    sums: Floats,
    heap: Ints,
    instances: Floats,
    arrivals: Floats,
    runs: Floats,
    until: float,
    scored_from: float,
    late_s: float,
) -> None:
    """Give waiting jobs to whoever is free first, up to `until`."""
    while whole[NEXT] < len(arrivals) and whole[COUNT] > 0:
        job = whole[NEXT]
        first = heap[0]
        begin = max(arrivals[job], instances[first, FREE])
        if begin >= until:
            break
        finish_job(sums, instances, first)
        if arrivals[job] >= scored_from:
            sums[JOBS] += 1.0
            if begin - arrivals[job] > late_s:
                sums[LATE] += 1.0
        instances[first, FREE] = begin + runs[job]
        instances[first, RUN] = runs[job]
        sift_down(heap, whole[COUNT], 0, instances)
        whole[NEXT] += 1


@compiled
def finish_job(sums: Floats, instances: Floats, index: int) -> None:
    """Note the run time of the job that this instance had."""
    if instances[index, RUN] > 0.0:
        sums[FINISHED] += 1.0
        sums[FINISHED_S] += instances[index, RUN]
        instances[index, RUN] = 0.0


@compiled
def look(
    seen: Floats, whole: Ints, sums: Floats, instances: Floats, arrivals: Floats, now: float
) -> None:
    """Write what the queue shows now."""
    busy, starting = 0, 0
    for index in range(whole[COUNT]):
        if instances[index, READY] > now:
            starting += 1
        elif instances[index, FREE] > now:
            busy += 1
        else:
            finish_job(sums, instances, index)
    arrived = int(np.searchsorted(arrivals, now))
    seen[SEEN_READY], seen[SEEN_STARTING] = whole[COUNT] - starting, starting
    seen[SEEN_WAITING], seen[SEEN_BUSY] = arrived - whole[NEXT], busy
    seen[SEEN_OLDEST] = now - arrivals[whole[NEXT]] if arrived > whole[NEXT] else 0.0
    seen[SEEN_RUN] = sums[FINISHED_S] / sums[FINISHED] if sums[FINISHED] > 0.0 else math.nan


@compiled
def advance(
    begin: int,
    until: int,
    scored: tuple[int, int],
    desired: Ints,
    whole: Ints,
    real: Floats,
    heaps: Ints,
    instances: Floats,
    seen: Floats,
    arrivals: Floats,
    runs: Floats,
    seeds: Ints,
    startups: Ints,
    late_s: float,
) -> None:
    """Take every lane from second `begin` to second `until`, in place; `scored` is from, to."""
    for lane in range(whole.shape[0]):
        state, sums, jobs = whole[lane], real[lane], arrivals[seeds[lane]]
        drained = order(
            state,
            heaps[lane],
            instances[lane],
            float(begin),
            desired[lane],
            float(startups[lane]),
            float(scored[1]),
        )
        if begin >= scored[0]:
            sums[BILLED] += drained + state[COUNT] * (until - begin)
        start_jobs(
            state,
            sums,
            heaps[lane],
            instances[lane],
            jobs,
            runs[seeds[lane]],
            float(until),
            float(scored[0]),
            late_s,
        )
        look(seen[lane], state, sums, instances[lane], jobs, float(until))


@compiled
def left_over(
    whole: Ints,
    real: Floats,
    arrivals: Floats,
    seeds: Ints,
    end: float,
    scored_from: float,
    late_s: float,
) -> None:
    """Count the jobs that still wait at the end; late if they have waited for too long already."""
    for lane in range(whole.shape[0]):
        jobs = arrivals[seeds[lane]]
        for job in range(whole[lane, NEXT], len(jobs)):
            if scored_from <= jobs[job] < end:
                real[lane, JOBS] += 1.0
                if end - jobs[job] > late_s:
                    real[lane, LATE] += 1.0
