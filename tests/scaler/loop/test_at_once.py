"""Several workers at the same moment, on a real Postgres and with connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Event

import pytest
from django.db import connections, transaction

from platform_admin.models import ScalingEvent, Service, Tick
from platform_admin.verbs.quota import locked
from scaler.loop.sample import sample
from scaler.loop.tick import tick
from tests.jobs.agents import until
from tests.platform_admin.verbs.world import make_world
from tests.scaler.loop.scene import Scene, served

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(make_world(), monkeypatch)


def at_once(times: int, work: Callable[[], object]) -> list[object]:
    start = Barrier(times)

    def run(_: int) -> object:
        try:
            start.wait(timeout=30)
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_of_ticks_at_once_one_decides(scene: Scene) -> None:
    scene.service()
    scene.says(web=served(20.0, 1.4))
    (shard,) = scene.sample()

    changed = at_once(6, partial(tick, [shard], scene.now))
    assert sorted(changed, key=str) == [0] * 5 + [1]
    assert ScalingEvent.objects.count() == 1
    assert Service.objects.get().desired_version == 1


def test_of_samples_at_once_one_measures(scene: Scene) -> None:
    scene.service()
    found = at_once(6, partial(sample, scene.world.cell.pk, scene.now))

    assert sorted(map(str, found)) == ["()"] * 5 + [f"({scene.shard.pk},)"]
    assert Tick.objects.count() == 1


def test_a_team_that_somebody_has_is_waited_for_alone(scene: Scene) -> None:
    scene.service("web")
    scene.of_others("blog")
    scene.says(web=served(20.0, 1.4), blog=served(20.0, 1.4))
    shards, held, done = scene.sample(), Event(), Event()

    def hold() -> bool:
        try:
            with transaction.atomic():
                locked(scene.world.team)
                held.set()
                return done.wait(timeout=30)
        finally:
            connections.close_all()

    def look() -> None:
        try:
            until(lambda: scene.desired("blog") == 2)
            assert scene.desired("web") == 1
        finally:
            done.set()
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        holding = pool.submit(hold)
        assert held.wait(timeout=30)
        looking = pool.submit(look)
        assert tick(shards, scene.now) == 2
        looking.result()
        assert holding.result()
    assert scene.desired("web") == 2
