"""Which decisions become events: what is new, and what goes on now and then."""

from __future__ import annotations

import pytest

from platform_admin.models import (
    ScalingEvent,
)
from platform_admin.verbs.desired import set_desired
from tests.scaler.loop.scene import IDLE, Scene, served


@pytest.mark.full
def test_nothing_known_holds_and_tells_nothing(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 4)
    scene.settle()
    assert scene.turns(40) == [4] * 40
    assert not ScalingEvent.objects.filter(origin="policy").exists()


@pytest.mark.full
def test_a_service_at_rest_has_nothing_to_tell(scene: Scene) -> None:
    scene.service()
    scene.says(web=IDLE)
    scene.turns(40)

    assert not ScalingEvent.objects.exists()


def test_a_hold_is_told_once_for_each_new_reason(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 4)
    scene.settle()
    scene.says(web=IDLE)
    scene.turns(10)

    event = ScalingEvent.objects.get(origin="policy")
    assert (event.outcome, event.before, event.after) == ("held", 4, 4)
    assert event.step == "stabilization"


def test_reasons_that_take_turns_are_told_once_in_a_while(scene: Scene) -> None:
    web = scene.service(maximum=2)
    set_desired(scene.world.dana, web, 2)
    scene.settle()
    for turn in range(20):
        scene.says(web=served(80.0, 0.6) if turn % 2 else IDLE)
        scene.turn()

    told = ScalingEvent.objects.filter(outcome="held").values_list("step", flat=True)
    assert sorted(told) == ["bounds", "stabilization"]


@pytest.mark.full
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
