"""When a cooldown begins: at the first acknowledgement of what was ordered."""

from __future__ import annotations

from datetime import timedelta

from platform_admin.models import (
    Colour,
    ScalingPolicy,
)
from platform_admin.verbs.desired import set_desired
from tests.scaler.loop.scene import Scene, served

LATE, CALM = served(20.0, 1.4), served(20.0, 0.2)


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


def test_a_cooldown_has_not_begun_before_the_acknowledgement(scene: Scene) -> None:
    scene.service()
    ScalingPolicy.objects.update(up_cooldown_s=35)
    scene.says(web=LATE)
    scene.turn(settles=False)
    assert scene.desired("web") == 2
    scene.now += timedelta(seconds=60)
    scene.settle()

    assert scene.turns(6) == [2, 2, 2, 2, 3, 3]


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


def test_a_cooldown_counts_from_there_whatever_changes_the_other_way_since(scene: Scene) -> None:
    web = scene.service()
    ScalingPolicy.objects.update(up_cooldown_s=35, up_instances=1, up_percent=None)
    scene.says(web=LATE)
    scene.turn(settles=False)
    scene.now += timedelta(seconds=60)
    scene.settle()
    assert scene.turns(1) == [2]
    web.refresh_from_db()
    set_desired(scene.world.dana, web, 1)
    scene.settle()

    assert scene.turns(4) == [1, 1, 1, 2]
