from __future__ import annotations

from collections.abc import Mapping

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
    numbers_of: Mapping[str, list[float]] | None = None,
) -> list[int]:
    """The counts that (kind, desired, wanted) of each service come to."""
    size = len(services)
    of = teams or [0] * size
    numbers = {
        "desired": np.array([desired for _, desired, _ in services], dtype=np.float64),
        "minimum": np.ones(size),
        "override": np.full(size, np.nan),
        "rate_down": np.full(size, np.nan),
        **{name: np.zeros(size) for name in ("rolling", "suspended", "unknown")},
    }
    numbers |= {name: np.array(column) for name, column in (numbers_of or {}).items()}
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
        ([("web", 2, 9), ("worker", 6, 2)], 8, [7, 1]),
        ([("worker", 6, 9), ("web", 2, 9)], 8, [1, 7]),
        ([("worker", 6, 6), ("web", 2, 5)], 8, [3, 5]),
        ([("worker", 3, 9), ("private", 3, 5), ("web", 2, 4)], 8, [1, 3, 4]),
        ([("worker", 2, 2), ("worker", 4, 4), ("web", 2, 4)], 8, [2, 2, 4]),
        ([("web", 4, 6), ("web", 4, 4)], 8, [4, 4]),
    ],
)
def test_a_shortage_goes_by_priority_then_in_turn(
    services: list[tuple[Kind, int, int]], instances: float, expected: list[int]
) -> None:
    assert shared(services, instances) == expected


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        ([("web", 6, 6), ("worker", 6, 6)], [6, 6]),
        ([("web", 6, 6), ("worker", 6, 9)], [6, 6]),
        ([("web", 6, 7), ("worker", 6, 6)], [7, 1]),
        ([("web", 6, 8), ("worker", 6, 6)], [7, 1]),
        ([("web", 8, 9), ("worker", 6, 6)], [8, 6]),
    ],
)
def test_a_smaller_quota_takes_only_what_growth_before_it_needs(
    services: list[tuple[Kind, int, int]], expected: list[int]
) -> None:
    assert shared(services, 8) == expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({}, [1, 7]),
        ({"minimum": [4, 1]}, [4, 4]),
        ({"rate_down": [5, np.nan]}, [5, 3]),
        ({"unknown": [1, 0]}, [6, 2]),
        ({"override": [6, np.nan]}, [6, 2]),
        ({"rolling": [1, 0]}, [6, 2]),
    ],
)
def test_what_keeps_a_service_from_being_taken_from(
    numbers: dict[str, list[float]], expected: list[int]
) -> None:
    assert shared([("worker", 6, 6), ("web", 2, 9)], 8, numbers_of=numbers) == expected


def test_memory_binds_as_instances_do() -> None:
    assert shared([("web", 1, 9), ("web", 1, 9)], 99, sizes=[100, 100], memory_mb=650) == [3, 3]


def test_what_a_large_instance_can_not_use_goes_to_small_ones() -> None:
    assert shared([("web", 0, 2), ("web", 0, 50)], 99, sizes=[900, 10], memory_mb=1000) == [1, 10]


def test_each_team_has_its_own() -> None:
    services: list[tuple[Kind, int, int]] = [("web", 1, 9), ("web", 1, 9), ("web", 1, 9)]
    assert shared(services, 6, teams=[0, 1, 1]) == [6, 3, 3]


def test_what_must_not_change_claims_nothing() -> None:
    assert shared([("web", 1, 9), ("worker", 1, 9)], 8, numbers_of={"rolling": [1, 0]}) == [9, 7]
