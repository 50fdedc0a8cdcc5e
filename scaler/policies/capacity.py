"""How many requests a second one instance can hold, from what the edge shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scaler.policies.readings import INTERVAL_S, Bools, Floats, WebReadings

ASSUMED_USED = 0.8
"""Of an instance that was never seen at its limit, at the highest rate it was calm at."""
FEWEST = 5
"""Requests of a reading from which on its 95th percentile says something."""
LEARN = 0.3
BASE_LEARN = 0.1
SLOWER = 1.5
"""Times the lowest 95th percentile that was seen: from there on requests wait for one another."""
AGREES = 0.7
"""Of what an instance holds: a calm rate above it says that this much is held indeed."""
CONTRADICTS = 0.8
"""Of what it holds: less than that at its limit says that it is another one."""
SURER = 0.1
"""Of what is missing to be sure, a reading that agrees adds."""
HOPED = 0.7
"""As sure as one can be of a limit that was never seen itself."""
FORGETS = 3e-4
"""Of the distance to it, the lowest one rises in a reading: half in six hours."""


@dataclass(frozen=True)
class Capacity:
    """What is remembered, (n,): requests a second of one instance, NaN where never seen.

    `calm`: the highest rate at which p95 was under the target. `full`: the rate while all worked at
    their limit, from the first to the last second of a reading. `agreed`: 0 to 1, see `confidence`.
    `base_s`: the mean duration of a request that does not wait, `least_s` the lowest 95th
    percentile. Of the last reading: `ready`, `queued`, and `slow`, p95 was over the target although
    nothing waits.
    """

    calm: Floats
    full: Floats
    agreed: Floats
    base_s: Floats
    least_s: Floats
    ready: Floats
    queued: Bools
    slow: Bools


def unseen(lanes: int) -> Capacity:
    """What is remembered of services that were never seen."""
    empty, no = np.full(lanes, np.nan), np.zeros(lanes, np.bool_)
    return Capacity(empty, empty, np.zeros(lanes), empty, empty, empty, no, no)


def assumed(past: Capacity, others: Bools) -> Capacity:
    """What is remembered where another release is live: it is taken to hold as much. (n,)

    `full` is forgotten: nothing ever runs above it, so of a faster release it would never be found
    to be higher. As after a calm rate the next readings raise or lower it.
    """

    def forgotten(column: Floats) -> Floats:
        return np.where(others, np.nan, column)

    return Capacity(
        calm=np.where(others, ASSUMED_USED * holds(past), past.calm),
        full=forgotten(past.full),
        agreed=np.where(others, 0.0, past.agreed),
        base_s=forgotten(past.base_s),
        least_s=forgotten(past.least_s),
        ready=forgotten(past.ready),
        queued=past.queued & ~others,
        slow=past.slow & ~others,
    )


def reachable_s(past: Capacity, seen: WebReadings) -> Floats:
    """The 95th percentile to stay under: the target, or what requests take that nobody delays. (n,)

    More instances shorten a wait, not the work: a service whose work takes longer than its target
    would else be taken for an overloaded one, whatever runs.
    """
    return np.fmax(seen.latency_s, SLOWER * past.least_s)


def learned(past: Capacity, seen: WebReadings, known: Bools, wanted_s: Floats) -> Capacity:
    """What is remembered after this reading, whose target is `reachable_s`, not `wanted_s`. (n,)

    A service that was late at the last reading and at this one, with as many instances, completed
    what they can. A calm one completed less than that.
    """
    ready = seen.ready.astype(np.float64)
    settled = known & (ready == past.ready) & (ready > 0)
    enough = seen.completed * INTERVAL_S >= FEWEST
    each = seen.completed / np.maximum(ready, 1.0)
    late = known & (seen.p95_s > seen.latency_s) & enough
    calm = settled & (seen.p95_s <= seen.latency_s) & enough
    queued = late & (seen.mean_s > seen.latency_s)
    at_limit = queued & past.queued & settled
    highest = np.where(calm, np.fmax(past.calm, each), past.calm)
    full = np.where(np.isnan(past.full), each, past.full + LEARN * (each - past.full))
    full = np.where(at_limit, full, np.where(calm, np.maximum(past.full, each), past.full))
    base = np.where(np.isnan(past.base_s), seen.mean_s, np.fmin(past.base_s, seen.mean_s))
    base = base + BASE_LEARN * np.nan_to_num(seen.mean_s - base)
    lowest = np.fmin(past.least_s + FORGETS * np.maximum(seen.p95_s - past.least_s, 0), seen.p95_s)
    lowest = np.where(np.isnan(past.least_s), seen.p95_s, lowest)
    return Capacity(
        calm=np.where(at_limit, np.fmin(highest, full), highest),
        full=full,
        agreed=_agreed(past, each, calm, at_limit),
        base_s=np.where(calm & np.isfinite(seen.mean_s), base, past.base_s),
        least_s=np.where(known & enough & np.isfinite(seen.p95_s), lowest, past.least_s),
        ready=ready,
        queued=np.where(known, queued, past.queued),
        slow=np.where(known, calm & (seen.p95_s > wanted_s), past.slow),
    )


def holds(capacity: Capacity) -> Floats:
    """Requests a second of one instance: its limit where seen, else what calm rates let hope. (n,)

    NaN where nothing is known. A slow one is not taken to hold more than it was seen to complete:
    it may be full.
    """
    hoped = capacity.calm / np.where(capacity.slow, 1.0, ASSUMED_USED)
    return np.where(np.isnan(capacity.full), hoped, capacity.full)


def confidence(capacity: Capacity) -> Floats:
    """How sure one may be of what an instance holds, 0 to 1. (n,)

    `1 - (1 - SURER) ** k` after k settled readings that agreed: calm ones above AGREES of what is
    held, and such at the limit. One at the limit below CONTRADICTS of it halves that, as does a
    calm one above what is held by as much. At most HOPED while the limit itself was never seen.
    """
    hoped = np.minimum(capacity.agreed, HOPED)
    sure = np.where(np.isnan(capacity.full), hoped, capacity.agreed)
    return np.where(np.isnan(holds(capacity)), 0.0, sure)


def _agreed(past: Capacity, each: Floats, calm: Bools, at_limit: Bools) -> Floats:
    held = holds(past)
    less, more = each < CONTRADICTS * held, each * CONTRADICTS > held
    differs = (at_limit & less) | (calm & more)
    agrees = ((calm & (each >= AGREES * held)) | at_limit) & ~differs
    surer = np.where(agrees, past.agreed + SURER * (1.0 - past.agreed), past.agreed)
    return np.where(differs, past.agreed / 2.0, surer)


def patience_s(capacity: Capacity, latency_s: Floats) -> Floats:
    """Seconds that a request may wait and still be in time, at least a tenth of the target. (n,)"""
    work = np.where(np.isnan(capacity.base_s), 0.5 * latency_s, capacity.base_s)
    return np.maximum(latency_s - work, 0.1 * latency_s)
