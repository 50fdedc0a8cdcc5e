"""The job behind "Send traffic", against a small real server and a real queue."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import django_rq
import pytest
from django.utils import timezone
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from rq import Queue

from platform_admin.demo import traffic as job
from platform_admin.demo.load.connection import Target
from platform_admin.demo.load.shape import count, rate
from platform_admin.models import Environment
from platform_admin.verbs import traffic as traffic_verbs
from platform_admin.verbs.traffic import has_turn, start_traffic, traffic
from tests.platform_admin.demo.load.server import Server, serving
from tests.platform_admin.verbs.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def redis() -> str:
    """The tests' own server stands for the example's."""
    where = django_rq.get_connection("traffic").connection_pool.connection_kwargs
    url = f"redis://:{where.get('password') or ''}@{where['host']}:{where['port']}/5"
    Redis.from_url(url).flushdb()
    return url


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, redis: str) -> Iterator[Server]:
    """The example's place: a server that answers."""
    with serving() as running:
        where = Target("127.0.0.1", running.port, "shop", "/")
        monkeypatch.setattr(job, "target", lambda environment, path: where)
        monkeypatch.setattr(job, "redis_url", lambda environment: redis)
        yield running


def test_the_job_sends_and_notes_what_came_of_it(world: World, server: Server) -> None:
    sent = start_traffic(world.dana, world.environment, rate=60, seconds=1)

    job.run(world.environment.pk, sent.name, 60, 1)

    found = traffic(world.environment)
    assert found is not None
    assert (found.sent, found.late, found.failed) == (count(job.grown(60, 1)), 0, 0)
    assert (found.running, len(server.came)) == (False, found.sent)
    assert not has_turn(world.environment.pk, sent.name)
    assert found.since is not None
    assert found.since < found.until <= timezone.now()


def test_it_grows_for_half_a_minute_and_then_stays() -> None:
    shape = job.grown(120, 60)

    assert [rate(shape, at) for at in (0, 15, 30, 59.9)] == [12, 66, 120, 120]
    assert count(shape) == 30 * 66 + 30 * 120


def test_each_request_that_fails_while_it_grows_is_counted(
    world: World, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = Target("127.0.0.1", server.port, "shop", "/status/503")
    monkeypatch.setattr(job, "target", lambda environment, path: where)
    sent = start_traffic(world.dana, world.environment, rate=60, seconds=1)

    job.run(world.environment.pk, sent.name, 60, 1)

    found = traffic(world.environment)
    assert found is not None
    assert found.failed == found.sent == len(server.came) == count(job.grown(60, 1))
    assert sum(many for _, many in found.failures) == found.failed


def test_orders_go_along_with_the_requests(world: World, server: Server, redis: str) -> None:
    sent = start_traffic(world.dana, world.environment, rate=60, seconds=2)

    job.run(world.environment.pk, sent.name, 60, 2)

    queue = Queue("orders", connection=Redis.from_url(redis))
    # The last ones are due as the load ends.
    assert queue.count in (1, 2, 3)


def test_a_job_without_a_turn_sends_nothing(world: World, server: Server) -> None:
    job.run(world.environment.pk, "somebody", 60, 1)

    assert server.came == []


def test_one_that_is_stopped_ends_within_two_seconds(world: World, server: Server) -> None:
    environment: Environment = world.environment
    sent = start_traffic(world.dana, environment, rate=20, seconds=60)
    stop = threading.Timer(0.5, _take_turn, (environment.pk,))
    stop.start()

    began = time.monotonic()
    job.run(environment.pk, sent.name, 20, 60)

    assert time.monotonic() - began < 4
    found = traffic(environment)
    assert found is not None
    assert (found.running, 0 < found.sent < 100) == (False, True)
    stop.join()


def test_a_queue_that_is_away_for_a_while_ends_nothing_and_is_told_after_it(
    world: World, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = start_traffic(world.dana, world.environment, rate=60, seconds=3)
    away = [True, True]

    def looked(environment_id: int, name: str) -> bool:
        if away:
            away.pop()
            raise RedisConnectionError("away")
        return has_turn(environment_id, name)

    with monkeypatch.context() as shaken:
        shaken.setattr(traffic_verbs, "has_turn", _after_the_first(looked))
        job.run(world.environment.pk, sent.name, 60, 3)

    found = traffic(world.environment)
    assert found is not None
    assert (found.running, found.sent, away) == (False, count(job.grown(60, 3)), [])


def test_what_nobody_can_be_told_ends_all_the_same(
    world: World, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = start_traffic(world.dana, world.environment, rate=60, seconds=1)

    def away(*_: object) -> None:
        raise RedisConnectionError("away")

    monkeypatch.setattr(traffic_verbs, "note", away)
    job.run(world.environment.pk, sent.name, 60, 1)

    assert len(server.came) == count(job.grown(60, 1))


def _after_the_first(look: Callable[[int, str], bool]) -> Callable[[int, str], bool]:
    """The job looks once whether it may begin; only then its turn is looked for like this."""
    looks = iter([has_turn])
    return lambda environment_id, name: next(looks, look)(environment_id, name)


def _take_turn(environment_id: int) -> None:
    django_rq.get_connection("traffic").delete(f"muster:traffic:{environment_id}:turn")
