"""Who is not followed: a policy that is off or a shadow, a service that is paused."""

from __future__ import annotations

import pytest

from platform_admin.models import (
    Quota,
    ScalingEvent,
)
from platform_admin.verbs.policies import pause_scaling, resume_scaling
from tests.scaler.loop.scene import Scene, queued, served

LATE = served(20.0, 1.4)


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


def test_shadows_take_no_room_from_those_that_are_followed(scene: Scene) -> None:
    scene.service("api", mode="shadow")
    scene.worker()
    Quota.objects.update(instances=5)
    scene.says(api=served(20.0, 1.4), worker=queued(2000.0, oldest_s=40.0))
    scene.turn()

    assert scene.desired("worker") == 4
    assert ScalingEvent.objects.get(service__name="api").outcome == "shadow"


def test_a_paused_service_stays_until_it_is_resumed(scene: Scene) -> None:
    web = scene.service()
    pause_scaling(scene.world.dana, web)
    scene.says(web=LATE)
    scene.turn()
    assert scene.desired("web") == 1

    resume_scaling(scene.world.dana, web)
    assert scene.turn() == 1
