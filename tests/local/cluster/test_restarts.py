"""Nomad's restart policy, as a table."""

from __future__ import annotations

import pytest

from local.cluster.nomad.restarts import Interval, judge

S = 10**9
POLICY = {"Attempts": 2, "Interval": 60 * S, "Delay": 3 * S, "Mode": "fail"}
DELAY = {**POLICY, "Mode": "delay"}
NONE = {**POLICY, "Attempts": 0}


@pytest.mark.parametrize(
    ("policy", "kind", "count", "now", "success", "next_", "delay", "reason"),
    [
        (POLICY, "service", 0, 10, False, "restart", 3, "Restart within policy"),
        (POLICY, "service", 0, 10, True, "restart", 3, "Restart within policy"),
        (POLICY, "service", 1, 10, False, "restart", 3, "Restart within policy"),
        (POLICY, "service", 2, 10, False, "fail", 0, 'in interval 1m0s and mode is "fail"'),
        (POLICY, "service", 2, 61, False, "restart", 3, "Restart within policy"),
        (DELAY, "service", 2, 10, False, "restart", 50, "applying a delay"),
        (POLICY, "batch", 0, 10, True, "done", 0, "terminated successfully"),
        (POLICY, "batch", 0, 10, False, "restart", 3, "Restart within policy"),
        (NONE, "batch", 0, 10, False, "fail", 0, "Policy allows no restarts"),
        (NONE, "batch", 0, 10, True, "done", 0, "Policy allows no restarts"),
        (NONE, "service", 0, 10, True, "fail", 0, "Policy allows no restarts"),
    ],
)
def test_it_judges_as_nomad_does(
    policy: dict[str, object], kind: str, count: int, now: int, success: bool, next_: str,
    delay: int, reason: str,
) -> None:  # fmt: skip
    found = judge(policy, kind, Interval(0, count), now * S, success=success)
    assert (found.next, found.delay) == (next_, delay * S)
    assert reason in found.reason


def test_a_start_that_is_hopeless_is_not_tried_again() -> None:
    found = judge(POLICY, "service", Interval(0), S, success=False, recoverable=False)
    assert (found.next, found.reason) == ("fail", "Error was unrecoverable")


def test_a_new_interval_counts_from_one() -> None:
    found = judge(POLICY, "service", Interval(0, 2), 61 * S, success=False)
    assert found.interval == Interval(61 * S, 1)
