"""The clock is set back, or forward, by an hour while the loop goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from platform_admin.models import Cell, Learned, ScalingPolicy, Tick
from platform_admin.verbs import clock
from scaler.loop import warm
from tests.scaler.loop.scene import Scene, served

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("by", [-HOUR, HOUR], ids=["back", "forward"])
def test_the_next_intervals_are_measured_and_decided_about(scene: Scene, by: timedelta) -> None:
    scene.service()
    scene.says(web=served(20.0, 0.5))
    scene.turns(2)
    before, ticks = scene.desired("web"), Tick.objects.count()

    scene.now += by
    if clock.was_set_back(Cell.objects.get(), scene.now):
        clock.bring_back(scene.now)
    scene.settle()
    scene.says(web=served(60.0, 1.5))
    scene.turns(2)

    assert scene.desired("web") > before
    assert Tick.objects.filter(at__lte=scene.now).count() >= (2 if by < timedelta() else ticks + 2)


@pytest.mark.full
@pytest.mark.parametrize("dies", [False, True], ids=["lives on", "dies"])
@pytest.mark.parametrize("by", [-HOUR, HOUR], ids=["back", "forward"])
def test_what_learns_hears_what_comes_then(scene: Scene, by: timedelta, dies: bool) -> None:
    warm.forget()
    service = scene.service()
    ScalingPolicy.objects.filter(service=service).update(strategy="learned")
    scene.says(web=served(20.0, 0.1))
    scene.turns(3)

    scene.now += by
    if clock.was_set_back(Cell.objects.get(), scene.now):
        clock.bring_back(scene.now)
    scene.settle()
    if dies:
        warm.forget()
    scene.says(web=served(40.0, 0.1))
    scene.turns(2)

    web = warm._warm[scene.shard.pk].web
    warm.forget()
    assert web.arrivals.last.tolist() == [40.0]
    assert Learned.objects.get().at <= scene.now


def test_only_the_observation_tells_and_not_by_a_little(scene: Scene) -> None:
    cell = Cell.objects.get()
    cell.observed_at = scene.now + clock.AHEAD

    assert not clock.was_set_back(cell, scene.now)
    assert clock.was_set_back(cell, scene.now - timedelta(seconds=1))
