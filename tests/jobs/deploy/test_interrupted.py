from __future__ import annotations

import pytest

from tests.jobs.deploy.interrupted import CANCELLED, GOING_ON, WAYS, ends

# How far the effects are apart at which it is interrupted: each one is tried with `--full`.
STEPS = [pytest.param(1, marks=pytest.mark.full), 3]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("way", GOING_ON)
def test_a_release_that_is_interrupted_at_any_effect_gets_live(way: str, step: int) -> None:
    found = ends(way, 1, step=step)
    assert len(found) > 30 // step
    assert set(found) == {"succeeded"}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("way", CANCELLED)
def test_a_release_that_is_cancelled_at_any_effect_is_put_back_until_it_cleans_up(
    way: str, step: int
) -> None:
    found = ends(way, 1, step=step)
    first = found.index("succeeded")
    assert first > 30 // step
    assert set(found[:first]) == {"failed"}
    assert set(found[first:]) == {"succeeded"}


@pytest.mark.full
@pytest.mark.parametrize("kind", ["good", "flaky", "broken"])
@pytest.mark.parametrize("way", WAYS)
def test_a_release_of_three_instances_is_interrupted_at_any_effect(way: str, kind: str) -> None:
    found = ends(way, 3, kind)
    good = kind == "good"
    assert set(found) <= ({"succeeded", "failed"} if good else {"failed"})
    assert not good or way in CANCELLED or set(found) == {"succeeded"}
