"""A tick: what it decides about, what it stores, and what it writes."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from platform_admin.models import (
    Reservation,
    ScalingEvent,
    ScalingPolicy,
    Service,
    Tick,
)
from platform_admin.rules.policy import PolicyFields
from platform_admin.verbs.desired import set_desired
from platform_admin.verbs.policies import save_policy
from scaler.loop.tick import tick
from scaler.rules.steps import STEPS
from tests.scaler.loop.scene import IDLE, INTERVAL, START, Scene, queued, served

LATE, CALM = served(20.0, 1.4), served(20.0, 0.2)


def test_a_late_web_gets_more_and_the_event_says_why(scene: Scene) -> None:
    web = scene.service()
    scene.says(web=LATE)

    assert scene.turn() == 1
    assert scene.desired("web") > 1
    event = ScalingEvent.objects.get()
    assert (event.origin, event.outcome, event.before) == ("policy", "applied", 1)
    assert event.after == scene.desired("web")
    assert event.at == START
    assert event.counts is not None
    assert len(event.counts) == len(STEPS)
    assert event.numbers is not None
    assert event.numbers["p95_s"] == pytest.approx(1.4)
    assert Reservation.objects.get(service=web).desired == event.after


def test_a_queue_that_does_not_drain_gets_workers(scene: Scene) -> None:
    scene.worker()
    scene.says(worker=queued(200.0, oldest_s=5.0))
    scene.turn()

    assert scene.desired("worker") == 4


def test_the_tick_row_has_what_was_decided(scene: Scene) -> None:
    web = scene.service()
    scene.says(web=LATE)
    scene.turn()

    row = Tick.objects.get()
    counts = np.frombuffer(row.counts or b"", "<i2")
    assert np.frombuffer(row.services, "<i8").tolist() == [web.pk]
    assert len(counts) == len(STEPS)
    assert (counts[0], counts[-1]) == (1, scene.desired("web"))
    assert row.decided_at == START
    assert scene.shard.ticked_at == START
    assert scene.shard.lease_until is None


def test_the_same_sample_is_decided_about_once(scene: Scene) -> None:
    scene.service()
    scene.says(web=LATE)
    (shard,) = scene.sample()

    assert tick([shard], scene.now) == 1
    assert tick([shard], scene.now) == 0
    assert ScalingEvent.objects.count() == 1


def test_a_late_tick_does_not_take_old_readings_for_new_ones(scene: Scene) -> None:
    scene.service()
    scene.says(web=LATE)
    (shard,) = scene.sample()

    assert tick([shard], scene.now + timedelta(seconds=40)) == 0


def test_services_that_came_or_went_since_the_sample(scene: Scene) -> None:
    scene.service()
    gone = scene.service("api")
    scene.says(web=LATE)
    (shard,) = scene.sample()
    Reservation.objects.filter(service=gone).delete()
    Service.objects.filter(pk=gone.pk).delete()
    scene.service("fresh")

    assert tick([shard], scene.now) == 1
    row = Tick.objects.get()
    assert np.frombuffer(row.services, "<i8").tolist() == list(
        Service.objects.order_by("pk").values_list("pk", flat=True)
    )
    scene.now += INTERVAL
    scene.settle()
    scene.turn()


def test_a_policy_that_is_saved_holds_from_the_next_tick_on(scene: Scene) -> None:
    web = scene.service()
    scene.says(web=CALM)
    scene.turn()
    assert scene.desired("web") == 1

    fields = PolicyFields(mode="on", strategy="fixed", latency_ms=100, start_up_s=0)
    save_policy(scene.world.dana, web, fields)
    scene.turn()
    assert scene.desired("web") > 1


def test_a_service_that_was_never_live_is_not_scaled(scene: Scene) -> None:
    scene.service()
    scene.world.environment.services.get().rollout.__class__.objects.update(live=None)
    scene.says(web={**IDLE, "fallback": 30.0})
    scene.turn()

    assert scene.desired("web") == 1


def test_requests_that_find_no_instance_wake_what_follows_its_rate(scene: Scene) -> None:
    web = scene.service(minimum=0)
    ScalingPolicy.objects.update(latency_ms=None, metric="rate", metric_target=5)
    set_desired(scene.world.dana, web, 0)
    scene.settle()
    scene.says(web={**IDLE, "fallback": 9.0})
    scene.turn()

    assert scene.desired("web") == 2
    assert (ScalingEvent.objects.latest("pk").numbers or {})["metric_is_rate"] == 1


def test_fast_errors_do_not_look_like_health(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 4)
    scene.settle()
    scene.says(web=served(20.0, 0.01, errors=10.0))

    assert scene.turns(40) == [4] * 40
