"""The rules steering a service, whose edge shows only what completed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scaler.rules.policies import Behaviour, Policy
from tests.scaler.rules.model import HOLDS, STEP_S, Service, run

POLICY = Policy(kind="web", minimum=1, maximum=40, latency_s=0.2, start_up_s=10, interval_s=5)


def ramp(now: float) -> float:
    """30 to 200 requests/s in 40 seconds, then held."""
    return min(max(30 + 170 * (now - 60) / 40, 30), 200)


@pytest.mark.full
@pytest.mark.parametrize("rate", [5, 30, 55, 100, 200, 390])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ten_minutes_of_constant_load_make_at_most_two_changes(rate: float, seed: int) -> None:
    start = max(1, -(-int(rate) // 30))
    learned = run(POLICY, ramp, 300).history
    steady = replace(POLICY, interval_s=10)
    after = run(steady, lambda _: rate, 600, start=start, noise=0.05, seed=seed, history=learned)
    assert after.changes <= 2
    assert after.late == 0


def test_a_load_that_ends_takes_the_count_to_the_minimum() -> None:
    quick = replace(POLICY, down=Behaviour(60))
    after = run(quick, lambda now: ramp(now) if now < 200 else 0.0, 400)
    assert after.counts[-1][1] == 1


@pytest.mark.parametrize("interval_s", [5, 10])
def test_growth_carried_on_avoids_most_of_what_could_be_avoided(interval_s: float) -> None:
    best = _late_at_best(interval_s)
    late, without, blind = (
        _late(interval_s, growth=growth, blind=blind) - best
        for growth, blind in ((True, False), (False, False), (False, True))
    )
    assert best < 0.08
    assert late < 0.4 * without
    assert late < 0.4 * blind


def test_the_ramp_ends_near_what_is_needed() -> None:
    highest = max(count for _, count in run(POLICY, ramp, 300).counts)
    assert 200 / HOLDS <= highest <= 2 * 200 / HOLDS


def _late(interval_s: float, *, growth: bool, blind: bool) -> float:
    """The late share of the ramp, with or without the growth and the growing duration."""
    start_up_s = POLICY.start_up_s if growth else -interval_s
    policy = replace(POLICY, interval_s=interval_s, start_up_s=start_up_s)
    return run(policy, ramp, 200, blind=blind).late


def _late_at_best(interval_s: float) -> float:
    """The same, had the first reading of the ramp ordered at once all that is ever needed."""
    service = Service(10.0)
    service.scale(1, -10.0)
    for step in range(1, 2001):
        now = step * STEP_S
        service.run(ramp(now), now, 0.2)
        if step == round((60 + interval_s) / STEP_S):
            service.scale(6, now)
    return service.late / service.arrived


def test_the_service_of_the_model_is_late_when_nothing_scales_it() -> None:
    fixed = replace(POLICY, maximum=1)
    assert run(fixed, ramp, 200).late > 0.5
