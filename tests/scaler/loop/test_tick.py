from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.db import OperationalError

from platform_admin.models import (
    Colour,
    Quota,
    Reservation,
    ScalingEvent,
    ScalingPolicy,
    Service,
    Shard,
    Tick,
)
from platform_admin.rules.policy import PolicyFields
from platform_admin.verbs.desired import end_overrides, override, set_desired
from platform_admin.verbs.policies import pause_scaling, resume_scaling, save_policy
from scaler.loop import lease, policies
from scaler.loop import tick as ticking
from scaler.loop.made import Made, make
from scaler.loop.tick import tick
from scaler.rules.steps import STEPS
from tests.scaler.loop.scene import IDLE, INTERVAL, NO_JOBS, START, Scene, queued, served

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


def test_a_service_comes_down_once_its_window_agrees(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 4)
    scene.settle()
    scene.says(web=IDLE)
    counts = scene.turns(35)

    assert counts[28] == 4
    assert counts[-1] == 1


def test_a_restart_after_every_tick_changes_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = [served(20 + 3 * n, 0.2 + 0.06 * (n % 9)) for n in range(25)]

    def run() -> list[int]:
        counts = []
        for figures in load:
            scene.says(web=figures)
            scene.turn()
            counts.append(scene.desired("web"))
        return counts

    scene.service()
    warm = run()
    Tick.objects.all().delete()
    ScalingEvent.objects.all().delete()
    Service.objects.update(desired=1, desired_version=0, desired_at=START)
    Reservation.objects.update(desired=1, instances=1)
    Shard.objects.update(ticked_at=None)
    scene.now = START
    scene.world.cell.__class__.objects.update(sampled_at=None)
    scene.settle()

    def cold(*args: object) -> object:
        policies._compiled.clear()
        return make(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(ticking, "make", cold)
    assert run() == warm
    assert len(set(warm)) > 1


def test_the_same_sample_is_decided_about_once(scene: Scene) -> None:
    scene.service()
    scene.says(web=LATE)
    (shard,) = scene.sample()

    assert tick([shard], scene.now) == 1
    assert tick([shard], scene.now) == 0
    assert ScalingEvent.objects.count() == 1


def test_a_shard_that_another_one_has_is_left_to_it(scene: Scene) -> None:
    scene.service()
    scene.says(web=LATE)
    (shard,) = scene.sample()
    assert lease.take([shard], "another", scene.now)

    assert tick([shard], scene.now) == 0
    assert tick([shard], scene.now + lease.LEASE + timedelta(seconds=1)) == 1


def test_who_wakes_up_after_its_lease_stores_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.service()
    scene.says(web=LATE)
    (shard,) = scene.sample()
    stored = ticking._stored

    def late(holder: str, made: Made) -> bool:
        monkeypatch.setattr(ticking, "_stored", stored)
        assert tick([shard], scene.now + lease.LEASE * 1.2) == 1
        return stored(holder, made)

    monkeypatch.setattr(ticking, "_stored", late)
    assert tick([shard], scene.now) == 0
    assert ScalingEvent.objects.count() == 1
    assert Service.objects.get().desired_version == 1


def test_a_worker_that_dies_before_it_stores_is_followed_after_its_lease(scene: Scene) -> None:
    scene.service()
    scene.says(web=LATE)
    (shard,) = scene.sample()
    lease.take([shard], "dead", scene.now)
    scene.now += INTERVAL
    scene.sample()
    scene.now += lease.LEASE

    assert tick([shard], scene.now) == 1
    assert scene.desired("web") > 1


def test_a_worker_that_dies_before_it_applies_leaves_it_to_the_next_tick(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.service()
    scene.says(web=LATE)

    class Killed(BaseException):
        pass

    def killed(_: object) -> int:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(ticking, "_applied", killed)
        with pytest.raises(Killed):
            scene.turn()
    assert scene.desired("web") == 1
    scene.now += INTERVAL
    scene.settle()

    assert scene.turn() == 1
    assert scene.desired("web") > 1


def test_what_fails_while_deciding_gives_the_shard_back(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.service()
    scene.says(web=LATE)
    (shard,) = scene.sample()

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(ticking, "make", broken)
        with pytest.raises(ZeroDivisionError):
            tick([shard], scene.now)
    assert tick([shard], scene.now) == 1


@pytest.mark.parametrize("mode", ["off", "shadow"])
def test_a_policy_that_is_not_on_changes_nothing(scene: Scene, mode: str) -> None:
    scene.service(mode=mode)
    scene.says(web=LATE)
    scene.turn()

    assert scene.desired("web") == 1
    assert ScalingEvent.objects.count() == (1 if mode == "shadow" else 0)


def test_a_shadow_tells_the_same_once(scene: Scene) -> None:
    scene.service(mode="shadow", maximum=2)
    scene.says(web=LATE)
    scene.turns(5)

    event = ScalingEvent.objects.get()
    assert (event.outcome, event.before, event.after) == ("shadow", 1, 2)


def test_a_paused_service_stays_until_it_is_resumed(scene: Scene) -> None:
    web = scene.service()
    pause_scaling(scene.world.dana, web)
    scene.says(web=LATE)
    scene.turn()
    assert scene.desired("web") == 1

    resume_scaling(scene.world.dana, web)
    assert scene.turn() == 1


def test_a_count_set_by_hand_stays_until_its_end(scene: Scene) -> None:
    web = scene.service()
    override(web, 2, START + timedelta(seconds=25), "changed in Nomad")
    scene.settle()
    scene.says(web=LATE)
    scene.turns(2)
    assert scene.desired("web") == 2
    assert ScalingEvent.objects.filter(outcome="held", step="override").count() == 1


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


def test_nothing_known_holds_and_tells_nothing(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 4)
    scene.settle()
    assert scene.turns(40) == [4] * 40
    assert not ScalingEvent.objects.filter(origin="policy").exists()


def test_a_hold_is_told_once_for_each_new_reason(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 4)
    scene.settle()
    scene.says(web=IDLE)
    scene.turns(10)

    event = ScalingEvent.objects.get(origin="policy")
    assert (event.outcome, event.before, event.after) == ("held", 4, 4)
    assert event.step == "stabilization"


def test_a_reading_that_is_missing_now_and_then_does_not_keep_it_up(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 4)
    scene.settle()
    for turn in range(35):
        scene.says(web={} if turn % 5 == 4 else IDLE)
        scene.turn()

    assert scene.desired("web") == 1


def test_after_a_long_silence_a_whole_window_has_to_agree(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 4)
    scene.settle()
    scene.says(web={})
    scene.turns(60)
    scene.says(web=IDLE)

    assert scene.turns(26)[-1] == 4
    assert scene.turns(4)[-1] == 1


def test_reasons_that_take_turns_are_told_once_in_a_while(scene: Scene) -> None:
    web = scene.service(maximum=2)
    set_desired(scene.world.dana, web, 2)
    scene.settle()
    for turn in range(20):
        scene.says(web=served(80.0, 0.6) if turn % 2 else IDLE)
        scene.turn()

    told = ScalingEvent.objects.filter(outcome="held").values_list("step", flat=True)
    assert sorted(told) == ["bounds", "stabilization"]


def test_a_worker_that_grew_first_gives_way_to_web(scene: Scene) -> None:
    scene.service()
    scene.worker()
    Quota.objects.update(instances=8)
    scene.says(web=served(20.0, 0.1), worker=queued(2000.0, oldest_s=40.0))
    scene.turns(3)
    assert scene.desired("worker") == 7

    scene.says(web=LATE)
    grown = scene.turns(4)
    assert grown[-1] > 1
    assert scene.desired("worker") == 8 - grown[-1]
    said = ScalingEvent.objects.filter(service__name="worker", step="quota").latest("pk")
    assert said.after < said.before


@pytest.mark.parametrize("quiet_s", [120, 305, 3600])
def test_after_a_gap_a_whole_window_has_to_agree(scene: Scene, quiet_s: int) -> None:
    scene.service()
    worker = scene.worker()
    set_desired(scene.world.dana, worker, 4)
    scene.settle()
    scene.says(web=IDLE, worker=queued(200.0, oldest_s=5.0))
    scene.turns(12)
    before = scene.desired("worker")
    scene.now += timedelta(seconds=quiet_s)
    scene.settle()
    scene.says(worker=NO_JOBS)

    counts = []
    for _ in range(8):
        scene.turn()
        counts.append(scene.desired("worker"))
    assert before >= 4
    assert counts[:5] == [before] * 5
    assert counts[-1] == 1


def test_while_nothing_is_known_of_the_instances_nothing_goes_down(scene: Scene) -> None:
    worker = scene.worker()
    set_desired(scene.world.dana, worker, 4)
    scene.settle()
    scene.says(worker=NO_JOBS)
    for _ in range(40):
        scene.turn(settles=False)

    assert scene.desired("worker") == 4


def test_the_end_of_an_override_is_no_scale_in_where_a_policy_is_followed(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 5, until=scene.now + timedelta(seconds=25))
    scene.settle()
    scene.says(web=LATE)
    scene.turns(4)
    grown = scene.desired("web")
    end_overrides()

    web.refresh_from_db()
    assert (web.desired, web.override_until) == (grown, None)
    assert grown > 5


def test_the_end_of_an_override_gives_back_where_nothing_is_followed(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 5, until=scene.now + timedelta(seconds=25))
    web.refresh_from_db()
    pause_scaling(scene.world.dana, web)
    scene.now += timedelta(seconds=30)
    end_overrides()

    assert scene.desired("web") == 1


def test_a_later_acknowledgement_starts_no_cooldown_anew(scene: Scene) -> None:
    web = scene.service()
    ScalingPolicy.objects.update(up_cooldown_s=60)
    set_desired(scene.world.dana, web, 3)
    scene.settle()
    scene.says(web=CALM)
    scene.turns(12)
    Colour.objects.filter(colour="green").update(acknowledged=0, acknowledged_at=scene.now)
    scene.says(web=LATE)
    scene.turn()

    assert scene.desired("web") == 4


def test_a_cooldown_has_not_begun_before_the_acknowledgement(scene: Scene) -> None:
    scene.service()
    ScalingPolicy.objects.update(up_cooldown_s=35)
    scene.says(web=LATE)
    scene.turn(settles=False)
    assert scene.desired("web") == 2
    scene.now += timedelta(seconds=60)
    scene.settle()

    assert scene.turns(6) == [2, 2, 2, 2, 3, 3]


def test_a_reason_that_goes_on_is_told_again(scene: Scene) -> None:
    web = scene.service(maximum=2)
    set_desired(scene.world.dana, web, 2)
    scene.settle()
    for figures in (*[served(80.0, 0.6)] * 4, IDLE):
        scene.says(web=figures)
        scene.turn()
    scene.says(web=served(80.0, 0.6))
    scene.turns(70)

    held = ScalingEvent.objects.filter(outcome="held").order_by("at")
    assert list(held.values_list("step", flat=True)) == ["bounds", "stabilization", "bounds"]


def test_a_teams_trouble_is_not_the_others(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.service()
    scene.says(web=LATE)
    monkeypatch.setattr(ticking, "scale", _deadlock)

    assert scene.turn() == 0
    assert scene.shard.lease_until is None


def _deadlock(*_: object) -> None:
    raise OperationalError("deadlock detected")


def test_a_service_at_rest_has_nothing_to_tell(scene: Scene) -> None:
    scene.service()
    scene.says(web=IDLE)
    scene.turns(40)

    assert not ScalingEvent.objects.exists()


def test_a_shortage_goes_by_priority_and_is_told(scene: Scene) -> None:
    scene.service()
    scene.worker()
    Quota.objects.update(instances=5)
    scene.says(web=served(20.0, 0.4), worker=queued(2000.0, oldest_s=40.0))
    scene.turn()
    assert scene.desired("worker") == 4

    scene.says(web=LATE)
    scene.turns(2)
    assert sum(Service.objects.values_list("desired", flat=True)) == 5
    assert ScalingEvent.objects.filter(service__name="worker", step="quota").exists()


def test_shadows_take_no_room_from_those_that_are_followed(scene: Scene) -> None:
    scene.service("api", mode="shadow")
    scene.worker()
    Quota.objects.update(instances=5)
    scene.says(api=served(20.0, 1.4), worker=queued(2000.0, oldest_s=40.0))
    scene.turn()

    assert scene.desired("worker") == 4
    assert ScalingEvent.objects.get(service__name="api").outcome == "shadow"


def test_a_policy_that_is_saved_holds_from_the_next_tick_on(scene: Scene) -> None:
    web = scene.service()
    scene.says(web=CALM)
    scene.turn()
    assert scene.desired("web") == 1

    save_policy(scene.world.dana, web, PolicyFields(mode="on", latency_ms=100, start_up_s=0))
    scene.turn()
    assert scene.desired("web") > 1


def test_a_cooldown_begins_at_the_acknowledgement(scene: Scene) -> None:
    scene.service()
    ScalingPolicy.objects.update(up_cooldown_s=30, up_instances=1, up_percent=None)
    scene.says(web=LATE)
    scene.turn()
    assert scene.desired("web") == 2

    Colour.objects.filter(colour="blue").update(acknowledged=None)
    for _ in range(6):
        scene.turn(settles=False)
    assert scene.desired("web") == 2

    scene.settle()
    counts = scene.turns(5)
    assert counts[:2] == [2, 2]
    assert counts[-1] == 3


def test_while_instances_wait_for_a_place_no_more_are_asked_for(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 3)
    scene.settle()
    scene.now += timedelta(seconds=60)
    Service.objects.get().instances.filter(number=2).delete()
    scene.world.cell.__class__.objects.update(observed_at=scene.now)
    scene.says(web=LATE)
    scene.turn()

    assert scene.desired("web") == 3
    assert ScalingEvent.objects.latest("pk").step == "placement"


def test_an_instance_that_failed_under_load_does_not_stop_growth(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 3)
    scene.settle()
    scene.now += timedelta(seconds=60)
    failed = Service.objects.get().instances.filter(number=2)
    failed.update(ended=True, healthy=False, client_status="failed", seen_at=scene.now)
    scene.world.cell.__class__.objects.update(observed_at=scene.now)
    scene.says(web=LATE)
    scene.turn()

    assert scene.desired("web") > 3
    assert not ScalingEvent.objects.filter(step="placement").exists()


def test_fast_errors_do_not_look_like_health(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 4)
    scene.settle()
    scene.says(web=served(20.0, 0.01, errors=10.0))

    assert scene.turns(40) == [4] * 40


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


def test_a_late_tick_does_not_take_old_readings_for_new_ones(scene: Scene) -> None:
    scene.service()
    scene.says(web=LATE)
    (shard,) = scene.sample()

    assert tick([shard], scene.now + timedelta(seconds=40)) == 0
