"""What one instance was seen to hold: learned from every reading of the edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scaler.rules.arrays import Bools, Floats, divided

LEARN = 0.5
"""How far one reading moves what was learned."""
BELOW_OVER = 0.95
"""Of the rate at which p95 was over its target: no more than this is ever planned for."""
PRIOR = 0.75
"""Of that rate: what an instance is taken to hold before anything higher was seen to be good."""
SURER = 0.25
LEAST_SURE = 0.2
OFTEN = 2
"""So many readings running say that a known capacity has become smaller."""


@dataclass(frozen=True)
class Capacity:
    """What was learned of n services; all (n,), rates in requests/s per ready instance.

    `good`: the highest rate at which p95 was under its target, seen in two readings running.
    `over`: the rate at which p95 was over it; while requests wait, what an instance completes.
    `confidence`, 0 to 1: grows with readings that agree, halves with one that does not.
    `base_s`: mean duration while p95 was under its target. `last_good`, `overs`: the last
    reading's rate, and how many readings running were over the target below what is planned.
    """

    good: Floats
    over: Floats
    confidence: Floats
    base_s: Floats
    last_good: Floats
    overs: Floats


@dataclass(frozen=True)
class Evidence:
    """One reading: `rate` requests/s per ready instance, `mean_s`, `p95_s`, and its target.

    `settled`: the instances are those of a whole interval ago, and all of them are ready.
    """

    rate: Floats
    mean_s: Floats
    p95_s: Floats
    target_s: Floats
    settled: Bools


def nothing_learned(services: int) -> Capacity:
    """The capacity of services of which nothing was seen."""
    unknown = [np.full(services, np.nan) for _ in range(4)]
    return Capacity(
        good=unknown[0],
        over=unknown[1],
        confidence=np.zeros(services),
        base_s=unknown[2],
        last_good=unknown[3],
        overs=np.zeros(services),
    )


def planned(capacity: Capacity) -> Floats:
    """Requests/s that one instance is planned to hold; NaN where nothing is known. (n,)"""
    most = BELOW_OVER * capacity.over
    return np.fmin(np.fmax(capacity.good, PRIOR * capacity.over), most)


def is_sure(capacity: Capacity) -> Bools:
    """Whether an instance's limit was seen, so that going up by more than one may rely on it."""
    return ~np.isnan(capacity.over) & (capacity.confidence >= LEAST_SURE)


def assumed(capacity: Capacity, others: Bools) -> Capacity:
    """The capacity where another release is live: what was planned stays, as good, and unsure. (n,)

    `over` is forgotten: nothing ever runs above it, so of a faster release it would never rise. The
    first reading over the target is the bound again; until then it goes up one at a time.
    """
    return Capacity(
        good=np.where(others, planned(capacity), capacity.good),
        over=np.where(others, np.nan, capacity.over),
        confidence=np.where(others, 0.0, capacity.confidence),
        base_s=np.where(others, np.nan, capacity.base_s),
        last_good=np.where(others, np.nan, capacity.last_good),
        overs=np.where(others, 0.0, capacity.overs),
    )


def learned(capacity: Capacity, seen: Evidence) -> Capacity:
    """The capacity after one more reading; an unknown or a repeated one changes nothing.

    scaling.md, section 5, step 2: the highest rate per ready instance at which p95 was under
    its target. Where p95 is over it, what an instance completes is the other bound.
    """
    usable = (seen.rate > 0) & ~np.isnan(seen.p95_s) & ~np.isnan(seen.target_s) & seen.settled
    calm = usable & (seen.p95_s <= seen.target_s)
    late = usable & (seen.p95_s > seen.target_s)
    raised = _raised(capacity, seen.rate, calm)
    lowered = _lowered(raised, seen.rate, late)
    plan = planned(capacity)
    agrees = (calm & (seen.rate >= 0.7 * plan)) | (late & (np.isnan(plan) | (seen.rate >= plan)))
    differs = late & (seen.rate < 0.8 * plan)
    confidence = np.where(
        agrees, capacity.confidence + SURER * (1 - capacity.confidence), capacity.confidence
    )
    base = _toward(capacity.base_s, seen.mean_s, calm & ~np.isnan(seen.mean_s))
    return Capacity(
        good=lowered.good,
        over=lowered.over,
        confidence=np.where(differs, capacity.confidence / 2, confidence),
        base_s=base,
        last_good=np.where(usable, np.where(calm, seen.rate, np.nan), capacity.last_good),
        overs=lowered.overs,
    )


def _raised(capacity: Capacity, rate: Floats, calm: Bools) -> Capacity:
    """Two calm readings running at a rate show that it is good; both bounds rise to it."""
    twice = np.where(calm, np.minimum(rate, capacity.last_good), np.nan)
    good = np.fmax(capacity.good, twice)
    over = np.fmax(capacity.over, np.where(np.isnan(capacity.over), np.nan, twice / BELOW_OVER))
    return Capacity(
        good, over, capacity.confidence, capacity.base_s, capacity.last_good, capacity.overs
    )


def _lowered(capacity: Capacity, rate: Floats, late: Bools) -> Capacity:
    """The first late reading is the bound; a higher one raises it, lower ones only repeatedly."""
    below = late & (rate < planned(capacity))
    overs = np.where(below, capacity.overs + 1, np.where(late, 0.0, capacity.overs))
    counts = late & (np.isnan(capacity.over) | ~below | (overs >= OFTEN))
    over = _toward(capacity.over, rate, counts)
    good = np.where(counts & (over < capacity.good), over, capacity.good)
    return Capacity(good, over, capacity.confidence, capacity.base_s, capacity.last_good, overs)


def _toward(before: Floats, now: Floats, moves: Bools) -> Floats:
    moved = np.where(np.isnan(before), now, before + LEARN * (now - before))
    return np.where(moves, moved, before)


def per_instance(rate: Floats, ready: Floats) -> Floats:
    """Requests/s for each ready instance; NaN where none is, or either is unknown."""
    return divided(rate, ready)
