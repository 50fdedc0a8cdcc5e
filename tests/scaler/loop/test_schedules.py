"""Floors and ceilings of a schedule in the loop: in time, explained, and worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from platform_admin.models import ScalingEvent, ScalingPolicy, Service
from platform_admin.pages.decided import decided, decided_because
from platform_admin.verbs.limits import StartUp, note_start_ups
from platform_admin.verbs.policies import pause_scaling, policy_fields, save_policy
from scaler.loop import schedules
from scaler.loop.schedules import Plans
from scaler.loop.state import of_shards
from scaler.rules.schedule import InForce, in_force
from scaler.rules.windows import Window
from tests.scaler.loop.scene import IDLE, START, Scene, served

EVERY = (0, 1, 2, 3, 4, 5, 6)
SOON = Window("Soon", EVERY, start=time(12, 1), end=time(12, 3), least=4)
"""In the scene, which begins at noon, from its sixth interval on; the next tick may be late by one,
so it is ordered one before."""
LOW = Window("Low", EVERY, start=time(12), end=time(13), most=2)


def plan(scene: Scene, service: Service, *windows: Window, **more: Any) -> None:
    """Gives the service's policy this schedule."""
    fields = policy_fields(ScalingPolicy.objects.get(service=service))
    save_policy(scene.world.dana, service, replace(fields, windows=windows, **more))


def told() -> list[str]:
    """The sentences of the scaler's events, oldest first."""
    rows = ScalingEvent.objects.filter(origin="policy").order_by("at", "pk")
    return [decided_because(row) for row in rows]


@pytest.fixture
def web(scene: Scene) -> Service:
    """A web service without load."""
    web = scene.service()
    scene.says(web=IDLE)
    return web


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The moments at which somebody's windows were worked out."""
    found: list[float] = []

    def noted(windows: Sequence[Window], zone: ZoneInfo, now: float, ahead_s: float) -> InForce:
        found.append(now - START.timestamp())
        return in_force(windows, zone, now, ahead_s)

    monkeypatch.setattr(schedules, "in_force", noted)
    return found


@pytest.mark.full
def test_a_floor_is_ordered_one_interval_early_and_ends_at_its_time(
    scene: Scene, web: Service
) -> None:
    plan(scene, web, SOON)
    counts = scene.turns(22)

    assert counts[:5] == [1] * 5
    assert counts[5:18] == [4] * 13
    assert counts[18] == 1


def test_a_floor_is_ordered_by_the_start_up_time_earlier(scene: Scene, web: Service) -> None:
    plan(scene, web, SOON, start_up_s=30)
    counts = scene.turns(8)

    assert counts == [1, 1, 4, 4, 4, 4, 4, 4]


def test_a_start_up_that_was_measured_anew_counts_at_once(scene: Scene, web: Service) -> None:
    plan(scene, web, SOON)
    scene.turn()
    note_start_ups([StartUp(web.pk, 1, 45.0, 1.0)])

    assert scene.turns(1) == [4]


def test_a_ceiling_holds_from_its_start_whatever_the_load(scene: Scene, web: Service) -> None:
    plan(scene, web, replace(LOW, start=time(12, 1)))
    scene.says(web=served(80.0, 0.6))
    counts = scene.turns(10)

    assert max(counts[:6]) > 2
    assert counts[6:] == [2] * 4


def test_the_windows_are_in_the_zone_of_the_policy(scene: Scene, web: Service) -> None:
    there = replace(SOON, start=time(17, 31), end=time(17, 33))
    plan(scene, web, there, time_zone="Asia/Kolkata")

    assert scene.turns(6) == [1, 1, 1, 1, 1, 4]


def test_the_event_names_the_schedule_and_its_end(scene: Scene, web: Service) -> None:
    plan(scene, web, SOON)
    scene.turns(19)

    first = ScalingEvent.objects.filter(origin="policy").earliest("at")
    assert (first.outcome, first.step, first.before, first.after) == ("applied", "schedule", 1, 4)
    assert told()[0] == "at least 4 until 12:03 by the schedule Soon, which begins in 10 s."
    event = decided(first)
    assert event is not None
    assert (event.before("schedule"), event.after("schedule")) == (1, 4)


def test_shadow_records_what_the_schedule_would_do(scene: Scene, web: Service) -> None:
    plan(scene, web, replace(SOON, start=time(12)), mode="shadow")

    assert scene.turns(3) == [1, 1, 1]
    assert told() == ["at least 4 until 12:03 by the schedule Soon."]
    assert ScalingEvent.objects.get().outcome == "shadow"


def test_off_and_paused_a_schedule_does_nothing(scene: Scene, web: Service) -> None:
    plan(scene, web, replace(SOON, start=time(12)), mode="off")
    assert scene.turns(2) == [1, 1]
    plan(scene, web, replace(SOON, start=time(12)), mode="on")
    pause_scaling(scene.world.dana, web)
    assert scene.turns(2) == [1, 1]


def test_a_floor_that_keeps_it_from_less_is_rest(scene: Scene, web: Service) -> None:
    plan(scene, web, replace(SOON, start=time(12), end=time(13)))
    scene.turns(12)

    assert len(told()) == 1


def test_the_maximum_bounds_a_floor_that_came_before_it(scene: Scene, web: Service) -> None:
    plan(scene, web, replace(SOON, start=time(12)))
    Service.objects.filter(pk=web.pk).update(maximum=3)

    assert scene.turns(2) == [3, 3]


def test_windows_are_worked_out_once_for_each_change(
    scene: Scene, web: Service, worked_out: list[float]
) -> None:
    scene.service("api", kind="private")
    plan(scene, web, SOON)
    scene.turns(24)

    assert worked_out == [0, 50, 60, 180]


def test_without_windows_nothing_is_worked_out_and_nothing_is_read_again(
    scene: Scene, web: Service, worked_out: list[float]
) -> None:
    scene.turns(2)
    state = of_shards([scene.shard])
    with CaptureQueriesContext(connection) as captured:
        found = schedules.schedules(scene.shard.pk, state, scene.now.timestamp())

    assert (len(found.places), worked_out, len(captured) - 1) == (0, [], 0)


def test_a_new_version_is_read_and_the_others_stay_worked_out(
    scene: Scene, web: Service, worked_out: list[float]
) -> None:
    api = scene.service("api", kind="private")
    plan(scene, web, SOON)
    plan(scene, api, SOON)
    scene.turn()
    plan(scene, api, replace(SOON, start=time(12), least=2))
    scene.turn()

    assert worked_out == [0, 0, 10]
    assert (scene.desired("web"), scene.desired("api")) == (1, 2)


def test_a_clock_that_was_set_back_is_asked_again(
    scene: Scene, web: Service, worked_out: list[float]
) -> None:
    plan(scene, web, SOON)
    state, key = of_shards([scene.shard]), scene.shard.pk

    def least(later_s: float) -> float:
        moment = START + timedelta(seconds=later_s)
        found: Plans = schedules.schedules(key, state, moment.timestamp())
        return float(found.scheduled.rows[0, 0])

    assert [least(90), least(0) > 0, least(90)] == [4, False, 4]
    assert worked_out == [90, 0, 90]


def test_a_zone_that_is_gone_keeps_no_service_from_its_tick(scene: Scene, web: Service) -> None:
    plan(scene, web, replace(SOON, start=time(12)))
    ScalingPolicy.objects.filter(service=web).update(time_zone="Europe/Atlantis")

    assert scene.turns(1) == [4]
