from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scaler.rules.observation import Observation
from tests.scaler.rules import one
from tests.scaler.rules.one import WORKER

FAST = replace(WORKER, down=replace(WORKER.down, window_s=0.0))
CASES = [
    ("an empty queue wants none", one.worker(4), 0),
    ("busy and waiting jobs in the drain target", one.worker(4, waiting=150, busy=4), 6),
    ("slow jobs need more", one.worker(4, waiting=56, busy=4, service_s=5), 10),
    ("raised by the oldest job", one.worker(4, waiting=150, busy=0, oldest_s=15), 10),
    ("raised no more than threefold", one.worker(4, waiting=80, busy=0, oldest_s=500), 8),
    ("down as the queue allows", one.worker(8, waiting=56, busy=4), 2),
    ("no mean time yet: hold", one.worker(2, waiting=9, service_s=np.nan, oldest_s=5), 2),
    ("no mean time and late: one more", one.worker(2, waiting=9, service_s=np.nan, oldest_s=31), 3),
    ("no mean time, from zero", one.worker(0, waiting=9, service_s=np.nan), 1),
    ("busy unknown: not down", one.worker(8, waiting=1, busy=np.nan), 8),
    ("busy unknown: up by what waits", one.worker(2, waiting=150, busy=np.nan), 5),
    ("waiting unknown", one.worker(8, waiting=np.nan, busy=1), 8),
    ("age unknown while jobs wait", one.worker(8, waiting=1, busy=1, oldest_s=np.nan), 8),
]


@pytest.mark.parametrize(("seen", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_by_drain_time(seen: Observation, expected: int) -> None:
    assert one.count(FAST, seen) == expected


@pytest.mark.parametrize(
    ("waiting", "busy", "expected"), [(40, 5, 5), (41, 5, 5), (46, 5, 6), (0, 0, 0)]
)
def test_by_jobs_for_each_worker(waiting: float, busy: float, expected: int) -> None:
    policy = replace(FAST, drain_s=None, jobs_per_worker=10)
    assert one.count(policy, one.worker(5, waiting=waiting, busy=busy)) == expected
