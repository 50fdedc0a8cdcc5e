from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from platform_admin.rules.policy import PolicyFields, default_policy, policy_errors

WEB = PolicyFields(latency_ms=200)
WORKER = PolicyFields(queue="orders", drain_s=30, mode="on")


@pytest.mark.parametrize("kind", ["web", "private", "worker"])
def test_the_defaults_of_every_kind_are_good(kind: str) -> None:
    assert policy_errors(default_policy(kind), kind) == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mode": "of"}, "mode"),
        ({"latency_ms": 0}, "latency_ms"),
        ({"recovery_s": 0}, "recovery_s"),
        ({"metric": "rate"}, "metric_target"),
        ({"metric": "rate", "metric_target": 0.0}, "metric_target"),
        ({"metric": "rate", "metric_target": float("nan")}, "metric_target"),
        ({"metric_target": 4.0}, "metric"),
        ({"metric": "cpu", "metric_target": 1.0}, "metric"),
        ({"drain_s": 30}, "drain_s"),
        ({"jobs_per_worker": 2.0}, "jobs_per_worker"),
        ({"queue": "orders"}, "queue"),
        ({"metric": "rate", "metric_target": 0.0001}, "metric_target"),
        ({"tolerance": 1.0}, "tolerance"),
        ({"tolerance": float("nan")}, "tolerance"),
        ({"up_window_s": -1}, "up_window_s"),
        ({"down_window_s": 3601}, "down_window_s"),
        ({"up_period_s": 0}, "up_period_s"),
        ({"down_percent": 0}, "down_percent"),
        ({"down_cooldown_s": 3601}, "down_cooldown_s"),
        ({"unknown": "panic"}, "unknown"),
        ({"unknown_after_s": -1}, "unknown_after_s"),
        ({"floor": -1}, "floor"),
        ({"start_up_s": -1}, "start_up_s"),
        ({"guard_s": 0}, "guard_s"),
        ({"guard_s": 3601}, "guard_s"),
        ({"guard_s": 2, "latency_ms": 2000}, "guard_s"),
        ({"guard_s": 2, "latency_ms": None}, "guard_s"),
    ],
)
def test_what_is_wrong_of_a_web_stands_at_its_field(changes: dict[str, object], field: str) -> None:
    assert set(policy_errors(replace(WEB, **changes), "web")) == {field}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"queue": ""}, "queue"),
        ({"queue": "a\nb"}, "queue"),
        ({"drain_s": 0}, "drain_s"),
        ({"jobs_per_worker": 0.0}, "jobs_per_worker"),
        ({"latency_ms": 200}, "latency_ms"),
        ({"metric": "rate"}, "metric"),
        ({"guard_s": 5}, "guard_s"),
    ],
)
def test_what_is_wrong_of_a_worker_stands_at_its_field(
    changes: dict[str, object], field: str
) -> None:
    assert set(policy_errors(replace(WORKER, **changes), "worker")) == {field}  # type: ignore[arg-type]


def test_a_guard_that_would_turn_away_what_is_in_time_is_refused_in_words() -> None:
    errors = policy_errors(PolicyFields(latency_ms=1500, guard_s=1), "private")
    assert errors["guard_s"][0].startswith("1 s is not above the 1500 ms to answer within")
    assert policy_errors(PolicyFields(latency_ms=1500, guard_s=2), "private") == {}


@pytest.mark.parametrize(
    ("changes", "maximum", "refused"),
    [
        ({"unknown": "floor", "floor": 6}, 5, True),
        ({"unknown": "floor", "floor": 5}, 5, False),
        ({"unknown": "floor", "floor": 6}, None, False),
        ({"unknown": "hold", "floor": 6}, 5, False),
    ],
)
def test_a_floor_that_is_used_is_no_higher_than_the_maximum(
    changes: dict[str, object], maximum: int | None, refused: bool
) -> None:
    errors = policy_errors(replace(WEB, **changes), "web", maximum)  # type: ignore[arg-type]

    assert set(errors) == ({"floor"} if refused else set())


@pytest.mark.parametrize(
    ("kind", "target", "other"),
    [
        ("web", "latency_ms", {"metric": "rate", "metric_target": 50.0}),
        ("worker", "drain_s", {"queue": "orders", "jobs_per_worker": 5.0}),
    ],
)
def test_what_learns_needs_its_own_target_where_there_is_another(
    kind: str, target: str, other: dict[str, Any]
) -> None:
    assert set(policy_errors(PolicyFields(**other), kind)) == {target}
    assert not policy_errors(PolicyFields(strategy="fixed", **other), kind)
