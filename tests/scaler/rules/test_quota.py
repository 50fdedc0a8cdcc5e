from __future__ import annotations

import numpy as np
import pytest

from scaler.rules.arrays import Floats
from scaler.rules.policies import Kind, Policy, compiled
from scaler.rules.quota import granted, inside_quota, quotas


def shared(
    services: list[tuple[Kind, int, int]],
    instances: float,
    *,
    sizes: list[float] | None = None,
    memory_mb: float = 1e9,
    teams: list[int] | None = None,
    rolling: list[int] | None = None,
) -> list[int]:
    """The counts that (kind, desired, wanted) of each service come to."""
    size = len(services)
    of = teams or [0] * size
    numbers = {
        "desired": np.array([desired for _, desired, _ in services], dtype=np.float64),
        "rolling": np.array(rolling or [0] * size, dtype=np.float64),
        "suspended": np.zeros(size),
    }
    wanted: Floats = np.array([count for *_, count in services], dtype=np.float64)
    limit = np.tile([instances, 1e9, memory_mb], (max(of) + 1, 1))
    held = quotas(np.array(of), np.ones(size), np.array(sizes or [1.0] * size), limit)
    policies = compiled([Policy(kind=kind) for kind, *_ in services])
    numbers |= granted(policies, held, wanted, numbers)
    return [int(count) for count in inside_quota(wanted, numbers)]


@pytest.mark.parametrize(
    ("services", "instances", "expected"),
    [
        ([("web", 2, 5), ("worker", 2, 5)], 10, [5, 5]),
        ([("web", 2, 5), ("worker", 2, 5)], 8, [5, 3]),
        ([("worker", 2, 5), ("web", 2, 5)], 8, [3, 5]),
        ([("worker", 1, 9), ("private", 1, 4), ("web", 1, 4)], 9, [1, 4, 4]),
        ([("web", 1, 5), ("web", 1, 5)], 6, [3, 3]),
        ([("web", 1, 2), ("web", 1, 9)], 8, [2, 6]),
        ([("web", 3, 9), ("web", 1, 9)], 7, [4, 3]),
        ([("web", 2, 9), ("worker", 6, 6)], 8, [2, 6]),
        ([("web", 2, 9), ("worker", 6, 2)], 8, [6, 2]),
        ([("web", 6, 7), ("worker", 6, 6)], 8, [6, 6]),
    ],
)
def test_a_shortage_goes_by_priority_then_in_turn_and_takes_nothing_back(
    services: list[tuple[Kind, int, int]], instances: float, expected: list[int]
) -> None:
    assert shared(services, instances) == expected


def test_memory_binds_as_instances_do() -> None:
    assert shared([("web", 1, 9), ("web", 1, 9)], 99, sizes=[100, 100], memory_mb=650) == [3, 3]


def test_what_a_large_instance_can_not_use_goes_to_small_ones() -> None:
    assert shared([("web", 0, 2), ("web", 0, 50)], 99, sizes=[900, 10], memory_mb=1000) == [1, 10]


def test_each_team_has_its_own() -> None:
    services: list[tuple[Kind, int, int]] = [("web", 1, 9), ("web", 1, 9), ("web", 1, 9)]
    assert shared(services, 6, teams=[0, 1, 1]) == [6, 3, 3]


def test_what_must_not_change_claims_nothing() -> None:
    assert shared([("web", 1, 9), ("worker", 1, 9)], 8, rolling=[1, 0]) == [9, 7]
