"""What the loop takes for the times of an instance, of the release that is live."""

from __future__ import annotations

import numpy as np
import pytest

from platform_admin.models import Rollout, ScalingPolicy, Service, ServiceLimits, Tick
from platform_admin.verbs.limits import StartUp, Stop, note_start_ups, note_stops
from scaler.loop.limits import limits
from scaler.loop.memory import remembered
from scaler.loop.policies import policies
from scaler.loop.state import of_shards
from scaler.rules.capacity import Capacity, planned
from scaler.rules.policies import STOPS_S
from scaler.samples.series import column
from scaler.samples.ticks import sample_of
from tests.scaler.loop.scene import IDLE, Scene, served


def times(scene: Scene) -> tuple[float, float]:
    """The start-up and the stop that are used of the world's one service, in seconds."""
    chosen = policies(scene.shard.pk, of_shards([scene.shard]))
    return float(chosen.start_up_s[0]), float(chosen.stop_s[0])


@pytest.fixture
def web(scene: Scene) -> Service:
    """A live service of which 7 s are assumed, whose fourth release is live."""
    service = scene.service()
    ScalingPolicy.objects.update(start_up_s=7)
    for _ in range(3):
        scene.release()
    return service


def measured(service: Service, number: int, seconds: float) -> None:
    note_start_ups([StartUp(service.pk, number, seconds, 1.0)])
    note_stops([Stop(service.pk, number, seconds + 1, killed=False)])


def test_until_it_is_measured_the_policys_start_up_is_assumed(scene: Scene, web: Service) -> None:
    assert times(scene) == (7, STOPS_S)


def test_what_was_measured_of_the_live_release_is_used(scene: Scene, web: Service) -> None:
    for number, seconds in ((3, 20.0), (4, 3.0), (5, 30.0)):
        measured(web, number, seconds)
    assert times(scene) == (3, 4)


def test_of_a_new_release_the_newest_before_it_is_assumed(scene: Scene, web: Service) -> None:
    for number, seconds in ((1, 30.0), (2, 20.0), (5, 3.0)):
        measured(web, number, seconds)
    assert times(scene) == (20, 21)


def test_each_time_is_of_the_newest_release_that_has_it(scene: Scene, web: Service) -> None:
    measured(web, 2, 20.0)
    note_start_ups([StartUp(web.pk, 4, 5.0, 1.0)])
    assert times(scene) == (5, 21)


def test_a_service_that_was_never_live_has_no_release(scene: Scene, web: Service) -> None:
    Rollout.objects.update(live=None)
    measured(web, 1, 20.0)
    found = limits(np.array([web.pk, web.pk + 1]))
    assert np.isnan(found.release).all()
    assert times(scene) == (7, STOPS_S)


def test_each_service_has_its_own(scene: Scene, web: Service) -> None:
    other = scene.service("api")
    ServiceLimits.objects.create(service=other, release=5, holds=40.0, confidence=0.5)
    measured(web, 4, 3.0)
    found = limits(np.array([web.pk, other.pk]))
    assert found.release.tolist() == [4, 5]
    assert found.holds.tolist() == pytest.approx([np.nan, 40.0], nan_ok=True)
    assert found.start_up_s.tolist() == pytest.approx([3.0, np.nan], nan_ok=True)


def test_a_sample_keeps_the_release_and_the_times(scene: Scene, web: Service) -> None:
    note_stops([Stop(web.pk, 2, 4.0, killed=False)])
    scene.sample()
    table = sample_of(Tick.objects.get()).table
    found = [column(table, name).tolist() for name in ("release", "start_up_s", "stop_s")]
    assert found == [[4.0], [7.0], [4.0]]


def remembered_capacity(scene: Scene) -> Capacity:
    """What the rules by hand remember in the rows."""
    state = of_shards([scene.shard])
    chosen = policies(scene.shard.pk, state)
    history, _ = remembered([scene.shard], state, chosen, scene.now)
    return history.capacity


def test_the_fixed_rules_take_the_limit_of_a_release_before_for_an_assumption(scene: Scene) -> None:
    scene.service(minimum=1, maximum=1)
    for figures in [served(30.0, 0.1)] * 4 + [served(40.0, 0.9)] * 2:
        scene.says(web=figures)
        scene.turn()
    known = remembered_capacity(scene)
    assert np.isfinite(known.over).all()

    scene.release()
    scene.says(web=IDLE)
    scene.turn()
    scene.turn()
    after = remembered_capacity(scene)
    assert np.isnan(after.over).all()
    assert after.good.tolist() == pytest.approx(planned(known).tolist())
    assert after.confidence.tolist() == [0.0]
