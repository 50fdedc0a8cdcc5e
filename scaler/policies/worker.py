"""How many workers a queue should have, so that every job starts before its deadline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scaler.policies.readings import INTERVAL_S, LARGEST, Floats, Ints, WorkerReadings

TICKS = 2
"""A job waits up to a tick until it is seen, and the reading that shows it may be lost."""


@dataclass(frozen=True)
class WorkerState:
    """What is remembered of n workers, (n,): when so many were last needed, and how many."""

    needed: Floats
    needed_at: Floats


@dataclass(frozen=True)
class WorkerWhy:
    """What n decisions came from, all (n,): the readings, and what follows from them.

    `left_s`: seconds that a job that is seen now may still wait once a worker ordered now is ready.
    `waves`: jobs that one worker starts one after the other within that. `need`: workers for that.
    """

    waiting: Floats
    busy: Floats
    oldest_s: Floats
    deadline_s: Floats
    startup_s: Floats
    left_s: Floats
    waves: Floats
    need: Floats


def begun(lanes: int) -> WorkerState:
    """The state of workers that were never seen."""
    return WorkerState(np.zeros(lanes), np.full(lanes, -np.inf))


def step(
    state: WorkerState, seen: WorkerReadings, now: float
) -> tuple[Ints, WorkerState, WorkerWhy]:
    """Workers that each queue should have from `now` (seconds) on, the state after, and why.

    `ceil((busy + waiting) / waves)`: within the time that is left to the oldest job a worker starts
    one, and another after each mean run time. Where the deadline leaves no time for a start-up, a
    worker is kept as long as a start-up takes after it was last needed (ski rental). While a
    reading is unknown it is not below `desired`. To keep it between minimum and maximum is the
    caller's.
    """
    jobs = seen.waiting + seen.busy
    spare = seen.deadline_s - seen.startup_s - TICKS * INTERVAL_S
    oldest = np.where(seen.waiting > 0, np.nan_to_num(seen.oldest_s, nan=np.inf), 0.0)
    left = np.maximum(spare - oldest, 0.0)
    waves = 1.0 + np.floor(np.nan_to_num(left / np.maximum(seen.run_s, 1e-3)))
    need = np.ceil(jobs / waves)
    known = np.isfinite(need)
    keeps = ~known | ((spare < 0) & (now - state.needed_at <= seen.startup_s))
    kept = np.where(keeps, np.fmax(need, state.needed), need)
    needed_at = np.where(known & (need >= kept), now, state.needed_at)
    count = np.where(known, kept, np.fmax(kept, seen.desired))
    wanted = np.minimum(count, LARGEST).astype(np.int64)
    why = WorkerWhy(
        waiting=seen.waiting,
        busy=seen.busy,
        oldest_s=oldest,
        deadline_s=seen.deadline_s,
        startup_s=seen.startup_s,
        left_s=left,
        waves=waves,
        need=need,
    )
    return wanted, WorkerState(np.nan_to_num(kept), needed_at), why


def numbers_of(why: WorkerWhy) -> dict[str, Floats]:
    """What an event keeps beside the readings, (n,): `waves`, `wait_left_s`, `start_s`."""
    known = np.isfinite(why.need)
    columns = {"waves": why.waves, "wait_left_s": why.left_s, "start_s": why.startup_s}
    return {name: np.where(known, column, np.nan) for name, column in columns.items()}


def reason(numbers: Mapping[str, float]) -> str:
    """What follows from the jobs that wait, in words."""
    start = f"a new worker starts in {numbers['start_s']:.0f} s"
    if numbers["waves"] > 1:
        return f"{start}: time for {numbers['waves']:.0f} jobs each"
    return f"{start}: a worker for each job"
