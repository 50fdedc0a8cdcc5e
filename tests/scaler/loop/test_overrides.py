"""A count that was set by hand: while it lasts, and when it ends."""

from __future__ import annotations

from datetime import timedelta

from platform_admin.models import (
    ScalingEvent,
)
from platform_admin.pages.decided import decided
from platform_admin.verbs.deletions import delete
from platform_admin.verbs.desired import end_overrides, override, set_desired
from platform_admin.verbs.policies import pause_scaling
from platform_admin.verbs.suspending import resume, suspend
from scaler.rules.waterfall import waterfall
from scaler.rules.words import sentence
from tests.scaler.loop.scene import START, Scene, queued, served

LATE = served(20.0, 1.4)


def test_a_count_set_by_hand_stays_until_its_end(scene: Scene) -> None:
    web = scene.service()
    override(web, 2, START + timedelta(seconds=25), "changed in Nomad")
    scene.settle()
    scene.says(web=LATE)
    scene.turns(2)
    assert scene.desired("web") == 2
    assert ScalingEvent.objects.filter(outcome="held", step="override").count() == 1


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


def test_what_is_suspended_stays_at_0_whatever_is_asked_of_it(scene: Scene) -> None:
    web = scene.service()
    suspend(scene.world.dana, web)
    scene.settle()
    scene.says(web={**LATE, "fallback": 40.0})
    scene.turns(4)

    assert scene.desired("web") == 0
    held = ScalingEvent.objects.get(outcome="held")
    found = decided(held)
    assert found is not None
    assert sentence(found) == "Staying at 0: suspended until somebody resumes it."
    override = next(line for line in waterfall(found) if line.step == "override")
    assert (override.used, override.otherwise) == (
        "suspended, until somebody resumes it",
        "Resuming it.",
    )


def test_a_queue_does_not_wake_a_suspended_worker(scene: Scene) -> None:
    worker = scene.worker()
    suspend(scene.world.dana, worker)
    scene.settle()
    scene.says(worker=queued(500.0, oldest_s=900.0))
    for _ in range(3):
        scene.turn()

    assert scene.desired("worker") == 0


def test_resumed_it_follows_its_load_again(scene: Scene) -> None:
    web = scene.service()
    suspend(scene.world.dana, web)
    scene.settle()
    scene.says(web=LATE)
    scene.turns(2)
    resume(scene.world.dana, web)
    scene.settle()
    scene.turns(3)

    assert scene.desired("web") > 1


def test_a_service_that_is_being_deleted_is_decided_about_no_more(scene: Scene) -> None:
    web = scene.service()
    scene.settle()
    scene.says(web=LATE)
    scene.turns(1)
    delete(scene.world.dana, web, "web")
    before = ScalingEvent.objects.count()
    scene.turns(3)

    assert ScalingEvent.objects.count() == before
