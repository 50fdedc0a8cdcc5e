"""The model of a worker, and the clairvoyant that lets nobody wait."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaler.replay.nobody_waits import hours_without_wait
from scaler.replay.run import Lane, run
from scaler.replay.seen import Ints, WorkerSeen
from scaler.replay.settings import WorkerSettings
from scaler.replay.worker import WorkerDemand, WorkerRuns

JOBS = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 90)), min_size=1, max_size=40)


@dataclass
class Plan:
    """A policy that asks for a count from a second on, and remembers what it saw."""

    counts: dict[int, int]
    interval_s: int = 10

    def __post_init__(self) -> None:
        self.seen: list[WorkerSeen] = []

    def decide(self, seen: WorkerSeen) -> Ints:
        """The count of each lane."""
        self.seen.append(seen)
        current = seen.instances.desired
        return np.full_like(current, self.counts.get(seen.now_s, int(current[0])))


def demand(jobs: list[tuple[int, int]], seconds: int) -> WorkerDemand:
    """These jobs, as (arrival, run time)."""
    rows = np.array(sorted(jobs), np.float64)
    lost = np.zeros((1, seconds // 10), np.bool_)
    return WorkerDemand(rows[None, :, 0].copy(), rows[None, :, 1].copy(), lost, seconds, 0)


def late_by_hand(jobs: list[tuple[int, int]], instances: int, end: int) -> int:
    """Late jobs of a queue with so many instances all the time, first in first out."""
    free, late = [0.0] * instances, 0
    for arrival, work in sorted(jobs):
        first = min(range(instances), key=free.__getitem__)
        begin = max(float(arrival), free[first])
        late += begin - arrival > 60 if begin < end else end - arrival > 60
        free[first] = begin + work
    return late


@settings(max_examples=50, deadline=None)
@given(JOBS, st.integers(1, 4))
def test_a_steady_count_serves_first_in_first_out(jobs: list[tuple[int, int]], count: int) -> None:
    made = WorkerRuns(demand(jobs, 600), [Lane(0, 30)], WorkerSettings(), count)
    [outcome] = run(made, Plan({}))

    assert outcome.late == late_by_hand(jobs, count, 600)
    assert (outcome.requests, outcome.instance_s) == (len(jobs), 600 * count)


def test_a_busy_instance_finishes_its_job_and_is_billed_for_it() -> None:
    made = WorkerRuns(demand([(0, 100), (0, 100)], 300), [Lane(0, 30)], WorkerSettings(), 2)
    [outcome] = run(made, Plan({50: 1}))

    assert outcome.instance_s == 300 + 100


def test_what_a_queue_shows() -> None:
    plan = Plan({})
    run(
        WorkerRuns(demand([(1, 30), (5, 30), (8, 30)], 100), [Lane(0, 30)], WorkerSettings(), 1),
        plan,
    )
    first, fourth = plan.seen[0], plan.seen[3]

    assert (first.waiting[0], first.busy[0], first.oldest_s[0]) == (2, 1, 5)
    assert np.isnan(first.run_s[0])
    assert fourth.run_s[0] == 30


@given(JOBS, st.integers(0, 40))
@settings(max_examples=50, deadline=None)
def test_nobody_waits_at_least_for_the_work_and_at_most_for_always_being_there(
    jobs: list[tuple[int, int]], startup_s: int
) -> None:
    made = demand(jobs, 600)
    arrivals, runs = made.arrivals[0], made.runs[0]
    spent, counts = hours_without_wait(arrivals, runs, startup_s, (0, 600))
    busy = sum((arrivals <= now) & (now < arrivals + runs) for now in np.arange(0, 600) + 0.5)
    most = int(
        max(((arrivals <= now) & (now < arrivals + runs)).sum() for now in np.arange(600) + 0.5)
    )

    assert max(busy.sum(), 600) <= spent <= 600 * max(most, 1) + 1e-6
    assert counts.max() == pytest.approx(max(most, 1))


def test_an_instance_is_kept_through_a_gap_shorter_than_its_start_up() -> None:
    jobs = np.array([0.0, 0.0, 120.0, 120.0]), np.array([100.0] * 4)

    assert hours_without_wait(*jobs, 30, (0, 300))[0] == 300 + 220
    assert hours_without_wait(*jobs, 10, (0, 300))[0] == 300 + 210
