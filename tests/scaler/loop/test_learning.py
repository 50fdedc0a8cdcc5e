"""Services that learn, in the loop: what they remember outlives processes and lost readings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from platform_admin.models import Learned, ScalingEvent, ScalingPolicy, Service, Tick
from platform_admin.verbs.limits import StartUp, note_start_ups
from scaler.loop import warm
from scaler.loop.policies import policies
from scaler.loop.state import of_shards
from scaler.policies.capacity import confidence, holds
from scaler.rules.learning import Learners
from scaler.samples.ticks import sample_of
from tests.scaler.loop.scene import IDLE, NO_JOBS, Scene, queued, served

HOLDS = 40.0


@pytest.fixture(autouse=True)
def cold() -> Iterator[None]:
    """Nothing is warm from another test, or for one."""
    warm.forget()
    yield
    warm.forget()


def learns(scene: Scene) -> Service:
    """A live web service whose policy learns."""
    service = scene.service()
    ScalingPolicy.objects.filter(service=service).update(strategy="learned")
    return service


def comes(scene: Scene, rate: float) -> None:
    """So many requests a second come, of which an instance answers HOLDS."""
    done = min(rate, HOLDS * scene.desired("web"))
    late = done < rate
    scene.says(web=served(done, 2.0 if late else 0.1, open=rate * 0.1 + (rate - done) * 10))


def memory(scene: Scene) -> Learners:
    """What is warm of the world's shard."""
    return warm._warm[scene.shard.pk]


def same(one: Learners, other: Learners) -> bool:
    """Whether two say and remember the same."""
    pairs = (
        (one.said.count, other.said.count),
        (one.web.shadow.cost, other.web.shadow.cost),
        (one.web.capacity.calm, other.web.capacity.calm),
        (one.web.arrivals.last, other.web.arrivals.last),
        (one.web.past.means, other.web.past.means),
    )
    return all(np.array_equal(first, second, equal_nan=True) for first, second in pairs)


def heard_again(scene: Scene) -> Learners:
    """What is remembered once the newest sample is heard by what is warm."""
    state = of_shards([scene.shard])
    chosen = policies(scene.shard.pk, state)
    places = {scene.shard.pk: np.arange(len(state))}
    warm.spoken(places, chosen, state, sample_of(Tick.objects.latest("at")))
    return memory(scene)


def test_a_service_that_learns_has_enough_for_what_comes(scene: Scene) -> None:
    learns(scene)
    for _ in range(8):
        comes(scene, 100.0)
        scene.turn()
    assert 3 <= scene.desired("web") <= 5


def test_its_decision_says_who_spoke_and_what_is_expected(scene: Scene) -> None:
    learns(scene)
    for rate in (20.0, 20.0, 100.0, 100.0):
        comes(scene, rate)
        scene.turn()
    numbers = ScalingEvent.objects.filter(outcome="applied").latest("pk").numbers
    assert {"expert", "coming", "expected", "off", "holds"} <= set(numbers or ())


def test_each_of_two_shards_that_are_decided_together_has_its_numbers(scene: Scene) -> None:
    learns(scene)
    scene.of_others()
    ScalingPolicy.objects.update(strategy="learned")
    for rate in (20.0, 20.0, 100.0, 100.0):
        scene.says(web=served(rate, 0.1), blog=served(rate, 0.1))
        scene.turn()
    for name in ("web", "blog"):
        events = ScalingEvent.objects.filter(outcome="applied", service__name=name)
        assert {"expert", "coming", "holds"} <= set(events.latest("pk").numbers or ())


def test_the_rules_by_hand_do_not_count_where_it_learns(scene: Scene) -> None:
    service = learns(scene)
    ScalingPolicy.objects.filter(service=service).update(up_window_s=3600, up_instances=1)
    for _ in range(8):
        comes(scene, 100.0)
        scene.turn()
    assert scene.desired("web") >= 3


def test_a_worker_that_learns_starts_every_job_before_its_deadline(scene: Scene) -> None:
    worker = scene.worker()
    ScalingPolicy.objects.filter(service=worker).update(
        strategy="learned", start_up_s=30, drain_s=60
    )
    scene.says(worker={**queued(40), "service_s": 20.0})
    scene.turn()
    assert scene.desired("worker") == 9
    scene.says(worker={**NO_JOBS, "service_s": 20.0})
    scene.turn()
    assert scene.desired("worker") == 1


def test_another_process_goes_on_from_what_was_kept_and_the_samples_since(scene: Scene) -> None:
    learns(scene)
    for turn in range(6):
        comes(scene, 40.0 + 10 * turn)
        scene.turn()
    lived = memory(scene)
    assert Learned.objects.get().at < scene.now - timedelta(seconds=20)

    warm.forget()
    comes(scene, 100.0)
    scene.turn()
    came = memory(scene)
    warm.forget()
    warm._warm[scene.shard.pk] = lived
    again = heard_again(scene)
    assert same(came, again)


def test_without_what_was_kept_all_begins_anew(scene: Scene) -> None:
    learns(scene)
    comes(scene, 40.0)
    scene.turn()
    Learned.objects.update(state=b"of another version")
    warm.forget()
    comes(scene, 40.0)
    scene.turn()
    assert memory(scene).web.arrivals.known.tolist() == [1.0]


def test_a_reading_that_comes_twice_is_heard_once(scene: Scene) -> None:
    learns(scene)
    comes(scene, 40.0)
    scene.turn()
    row = {**served(40.0, 0.1), "edge_age_s": 10.0}
    scene.says(web=row)
    scene.turn()
    assert memory(scene).web.arrivals.known.tolist() == [1.0]


def test_it_holds_while_nothing_is_known(scene: Scene) -> None:
    learns(scene)
    for _ in range(6):
        comes(scene, 100.0)
        scene.turn()
    before = scene.desired("web")
    scene.says(web={})
    for _ in range(5):
        scene.turn()
    assert scene.desired("web") >= before


def test_what_is_remembered_of_one_service_stays_when_another_comes(scene: Scene) -> None:
    learns(scene)
    for _ in range(3):
        comes(scene, 40.0)
        scene.turn()
    other = scene.service("api")
    ScalingPolicy.objects.filter(service=other).update(strategy="learned")
    comes(scene, 40.0)
    scene.turn()
    assert memory(scene).web.arrivals.known.tolist() == [4.0, 0.0]


def warmed(scene: Scene) -> None:
    """A service that learns and knows the limit of its instances, HOLDS."""
    learns(scene)
    Service.objects.update(maximum=2)
    for rate in (30.0, 30.0, 200.0, 200.0, 200.0, 200.0):
        comes(scene, rate)
        scene.turn()
    assert memory(scene).web.capacity.full.tolist() == [HOLDS]


def test_another_release_is_assumed_to_hold_as_much_until_readings_say_otherwise(
    scene: Scene,
) -> None:
    warmed(scene)
    scene.release()
    scene.says(web=IDLE)
    scene.turn()
    state = memory(scene)
    assert state.release.tolist() == [2.0]
    assert np.isnan(state.web.capacity.full).all()
    assert holds(state.web.capacity).tolist() == pytest.approx([HOLDS])
    assert confidence(state.web.capacity).tolist() == [0.0]


def test_who_hears_old_samples_again_learns_of_the_release_when_it_came(scene: Scene) -> None:
    warmed(scene)
    scene.release()
    for _ in range(3):
        comes(scene, 40.0)
        scene.turn()
    lived = memory(scene)
    warm.forget()
    comes(scene, 40.0)
    scene.turn()
    came = memory(scene)
    warm.forget()
    warm._warm[scene.shard.pk] = lived
    again = heard_again(scene)
    assert same(came, again)
    assert came.release.tolist() == again.release.tolist() == [2.0]


def test_a_start_up_that_was_measured_since_does_not_change_old_samples(scene: Scene) -> None:
    learns(scene)
    for rate in (40.0, 40.0, 100.0):
        comes(scene, rate)
        scene.turn()
    before = memory(scene).web.shadow.cost.copy()
    warm.forget()
    Learned.objects.all().delete()
    note_start_ups([StartUp(Service.objects.get().pk, 1, 90.0, 1.0)])
    state = of_shards([scene.shard])
    chosen = policies(scene.shard.pk, state)
    places = {scene.shard.pk: np.arange(len(state))}
    for row in Tick.objects.order_by("at"):
        warm.spoken(places, chosen, state, sample_of(row))
    assert chosen.start_up_s.tolist() == [90.0]
    assert np.array_equal(memory(scene).web.shadow.cost, before)
