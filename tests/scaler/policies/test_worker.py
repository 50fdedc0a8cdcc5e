from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaler.policies import worker
from scaler.policies.readings import WorkerReadings
from tests.scaler.policies.seen import queue

STARTS = "a new worker starts in 30 s"


def wanted(seen: WorkerReadings) -> int:
    return int(worker.step(worker.begun(1), seen, 10.0)[0][0])


@pytest.mark.parametrize(
    ("seen", "count"),
    [
        (queue(0, 0, desired=5), 0),
        (queue(0, 4, desired=5), 4),
        (queue(6, 4, oldest_s=10.0), 10),
        (queue(6, 4, oldest_s=500.0), 10),
        (queue(12, 0, run_s=20.0, deadline_s=110.0), 3),
        (queue(12, 0, run_s=20.0, deadline_s=110.0, oldest_s=40.0), 6),
        (queue(12, 0, run_s=20.0, deadline_s=110.0, oldest_s=100.0), 12),
        (queue(12, 0, run_s=np.nan, deadline_s=110.0), 12),
        (queue(300, 4), 304),
    ],
    ids=["idle", "busy", "waiting", "late", "waves", "older", "oldest", "no run yet", "many"],
)
def test_every_job_gets_a_worker_before_its_deadline(seen: WorkerReadings, count: int) -> None:
    assert wanted(seen) == count


def test_a_worker_that_cannot_come_in_time_is_kept_for_a_start_up() -> None:
    state, counts = worker.begun(1), []
    for now in range(10, 140, 10):
        busy = 5 if now == 10 else 0
        seen = queue(0, busy, startup_s=90.0, desired=5)
        count, state, _ = worker.step(state, seen, float(now))
        counts.append(int(count[0]))
    assert counts == [5] * 10 + [0] * 3


@given(st.lists(st.one_of(st.none(), st.integers(0, 50)), min_size=1, max_size=30))
def test_an_unknown_queue_never_lowers_a_count(jobs: list[int | None]) -> None:
    state, count = worker.begun(1), np.array([3])
    for place, waiting in enumerate(jobs):
        lost = waiting is None
        seen = queue(np.nan if waiting is None else waiting, np.nan if lost else 2, desired=count)
        after, state, _ = worker.step(state, seen, 10.0 * place)
        assert after[0] >= 0
        assert not lost or after[0] >= count[0]
        count = after


@given(st.integers(1, 40), st.floats(1.0, 300.0), st.floats(60.0, 2000.0), st.floats(0.0, 100.0))
def test_so_many_workers_start_all_jobs_in_time(
    waiting: int, run_s: float, deadline_s: float, oldest_s: float
) -> None:
    seen = queue(waiting, run_s=run_s, deadline_s=deadline_s, oldest_s=oldest_s)
    count = wanted(seen)
    last_wave_starts = 30.0 + (np.ceil(waiting / count) - 1) * run_s
    time_left = deadline_s - oldest_s - worker.TICKS * 10.0
    assert last_wave_starts <= max(time_left, 30.0)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (queue(6, 4, oldest_s=10.0), f"{STARTS}: a worker for each job"),
        (queue(12, 0, run_s=20.0, deadline_s=110.0), f"{STARTS}: time for 4 jobs each"),
    ],
    ids=["one wave", "waves"],
)
def test_a_decision_says_what_follows_from_what_waits(seen: WorkerReadings, words: str) -> None:
    _, _, why = worker.step(worker.begun(1), seen, 10.0)
    numbers = {name: float(column[0]) for name, column in worker.numbers_of(why).items()}
    assert worker.reason(numbers) == words


def test_nothing_is_said_of_a_queue_that_is_unknown() -> None:
    _, _, why = worker.step(worker.begun(1), queue(np.nan, 4), 10.0)
    assert all(np.isnan(column).all() for column in worker.numbers_of(why).values())
