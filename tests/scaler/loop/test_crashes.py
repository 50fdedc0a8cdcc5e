"""A tick that dies, comes late or fails: its lease goes on, and nothing is done twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError

from platform_admin.models import (
    Reservation,
    ScalingEvent,
    Service,
    Shard,
    Tick,
)
from scaler.loop import lease, policies
from scaler.loop import tick as ticking
from scaler.loop.made import Made, make
from scaler.loop.tick import tick
from tests.scaler.loop.scene import INTERVAL, START, Scene, served

LATE = served(20.0, 1.4)


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


def test_a_teams_trouble_is_not_the_others(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.service()
    scene.says(web=LATE)
    monkeypatch.setattr(ticking, "scale", _deadlock)

    assert scene.turn() == 0
    assert scene.shard.lease_until is None


def _deadlock(*_: object) -> None:
    raise OperationalError("deadlock detected")
