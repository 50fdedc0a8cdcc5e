from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from jobs.specs.group import RESCHEDULED_AFTER_S
from platform_admin.models import Cell, Instance, ScalingPolicy, Service, Tick
from platform_admin.verbs.desired import set_desired
from scaler.loop.observe import observation
from scaler.loop.state import of_shards
from scaler.rules.observation import Observation
from scaler.samples.ticks import sample_of
from scaler.sources.instances import REPLACED_WITHIN_S
from tests.scaler.loop.scene import Scene, queued, served


def observed(scene: Scene) -> Observation:
    """What the rules are told of a sample that is made now."""
    scene.sample()
    sample = sample_of(Tick.objects.latest("at"))
    return observation(sample, of_shards([scene.shard]))


def runs(scene: Scene, count: int) -> Service:
    """A web of which so many instances were acknowledged, and run, now."""
    web = scene.service()
    set_desired(scene.world.dana, web, count)
    scene.settle()
    return web


def later(scene: Scene, seconds: float, observed_s: float = 0.0) -> None:
    """So long after that; the cell was observed `observed_s` before then."""
    scene.now += timedelta(seconds=seconds)
    Cell.objects.update(observed_at=scene.now - timedelta(seconds=observed_s))


def fail(number: int, scene: Scene) -> None:
    Instance.objects.filter(number=number).update(
        ended=True, healthy=False, client_status="failed", seen_at=scene.now
    )


def test_ages_are_those_at_the_sample(scene: Scene) -> None:
    scene.service()
    scene.worker()
    scene.says(web=served(20.0, 0.2, edge_age_s=1.0), worker={**queued(1.0), "queue_age_s": 2.0})
    later(scene, 10, observed_s=3)
    seen = observed(scene)

    assert seen.edge_age_s[0] == 1
    assert seen.queue_age_s[1] == 2
    assert seen.ready_age_s.tolist() == [3, 3]


@pytest.mark.parametrize(
    ("guard_s", "refused", "fallback"),
    [(None, np.nan, 3.0), (None, 4.0, 7.0), (2, 4.0, 7.0), (2, np.nan, np.nan)],
)
def test_what_was_turned_away_is_demand_and_unknown_only_where_a_guard_is(
    scene: Scene, guard_s: int | None, refused: float, fallback: float
) -> None:
    scene.service()
    ScalingPolicy.objects.update(guard_s=guard_s)
    scene.says(web=served(20.0, 0.2, refused=refused, fallback=3.0))
    np.testing.assert_equal(observed(scene).fallback, [fallback])


def test_since_when_its_instances_are_ordered_is_told(scene: Scene) -> None:
    runs(scene, 2)
    later(scene, 40)
    assert observed(scene).ordered_s.tolist() == [40]


@pytest.mark.parametrize(
    ("after_s", "observed_s", "unplaced"),
    [
        (10, 0, False),
        (15, 0, False),
        (16, 0, True),
        (16, 1, False),
    ],
)
def test_instances_that_stand_nowhere_some_time_after_their_order_find_no_place(
    scene: Scene, after_s: float, observed_s: float, unplaced: bool
) -> None:
    runs(scene, 3)
    Instance.objects.filter(number=2).delete()
    later(scene, after_s, observed_s)
    assert observed(scene).unplaced.tolist() == [unplaced]


def test_ready_are_those_that_carry_traffic(scene: Scene) -> None:
    runs(scene, 3)
    Instance.objects.filter(number=2).update(colour="green")
    assert observed(scene).ready.tolist() == [2]


def test_where_all_stand_none_is_unplaced(scene: Scene) -> None:
    runs(scene, 3)
    later(scene, 60)
    assert observed(scene).unplaced.tolist() == [False]


@pytest.mark.parametrize(
    ("after_s", "unplaced"),
    [(0, False), (RESCHEDULED_AFTER_S, False), (REPLACED_WITHIN_S + 1, True)],
)
def test_an_instance_that_failed_has_its_place_until_it_should_have_been_replaced(
    scene: Scene, after_s: float, unplaced: bool
) -> None:
    runs(scene, 3)
    later(scene, 60)
    fail(2, scene)
    later(scene, after_s)
    assert observed(scene).unplaced.tolist() == [unplaced]


def test_a_failure_hides_no_other_instance_that_finds_no_place(scene: Scene) -> None:
    runs(scene, 3)
    later(scene, 60)
    Instance.objects.filter(number=1).delete()
    fail(2, scene)
    assert observed(scene).unplaced.tolist() == [True]


def test_instances_that_fail_again_and_again_are_not_unplaced(scene: Scene) -> None:
    web = runs(scene, 2)
    later(scene, 60)
    for turn in range(10):
        fail(1, scene)
        later(scene, RESCHEDULED_AFTER_S)
        assert not observed(scene).unplaced.any(), turn
        Instance.objects.filter(number=1).update(desired_status="stop", number=100 + turn)
        Instance.objects.create(
            allocation=f"again-{turn}",
            cell=scene.world.cell,
            environment=web.environment,
            service=web,
            job=web.slug,
            colour="blue",
            number=1,
            desired_status="run",
            client_status="running",
            seen_at=scene.now,
        )
