"""A count that was set by hand: while it lasts, and when it ends."""

from __future__ import annotations

from datetime import timedelta

from platform_admin.models import (
    ScalingEvent,
)
from platform_admin.verbs.desired import end_overrides, override, set_desired
from platform_admin.verbs.policies import pause_scaling
from tests.scaler.loop.scene import START, Scene, served

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
