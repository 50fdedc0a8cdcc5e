from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

import django_rq
import numpy as np
import pytest
from django.conf import settings
from redis import Redis
from rq import Queue as RqQueue
from rq import SimpleWorker

from scaler.sources.rq import RqSource
from scaler.sources.runtimes import Runs
from scaler.sources.source import Asked, Queue, Server


def server(**changes: object) -> Server:
    """The tests' own Valkey."""
    url = urlsplit(settings.REDIS_URL)
    values: dict[str, object] = {
        "host": url.hostname,
        "port": url.port,
        "user": url.username or "default",
        "password": unquote(url.password or ""),
    }
    return Server(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture
def redis() -> Iterator[Redis]:
    at = server()
    with Redis(host=at.host, port=at.port, username=at.user, password=at.password) as client:
        yield client


@pytest.fixture
def queue(redis: Redis) -> Iterator[RqQueue]:
    made = RqQueue(f"orders-{uuid.uuid4().hex}", connection=redis)
    yield made
    made.delete(delete_jobs=True)


def source() -> RqSource:
    """As a process that was started just now has it."""
    return RqSource(Runs(lambda: django_rq.get_connection("scale")))


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    yield
    django_rq.get_connection("scale").flushdb()


def asked(
    *queues: Queue | None, now: float | None = None, service_s: tuple[float, ...] = ()
) -> Asked:
    at = datetime.now(UTC).timestamp() if now is None else now
    return Asked(1, at, ("s",) * len(queues), ("worker",) * len(queues), queues, service_s)


def read(one: RqSource, question: Asked) -> dict[str, list[float]]:
    return {name: column.tolist() for name, column in one.read(question).columns.items()}


def test_an_empty_queue_is_known_to_be_empty(queue: RqQueue) -> None:
    found = read(source(), asked(Queue(server(), queue.name)))

    assert (found["waiting"], found["oldest_s"], found["busy"]) == ([0.0], [0.0], [0.0])
    assert np.isnan(found["service_s"][0])
    assert found["queue_age_s"] == [0.0]


def test_what_waits_and_for_how_long(queue: RqQueue) -> None:
    first = queue.enqueue("math.sqrt", 4)
    queue.enqueue("math.sqrt", 9)
    assert first.enqueued_at is not None
    came = first.enqueued_at.replace(tzinfo=UTC).timestamp()
    found = read(source(), asked(Queue(server(), queue.name), now=came + 12.0))

    assert found["waiting"] == [2.0]
    assert found["oldest_s"] == pytest.approx([12.0], abs=0.01)


def test_a_job_that_is_gone_leaves_the_age_to_the_next_one(queue: RqQueue, redis: Redis) -> None:
    queue.enqueue("math.sqrt", 4, job_id=f"gone-{queue.name}")
    queue.enqueue("math.sqrt", 9)
    redis.delete(f"rq:job:gone-{queue.name}")

    assert 0 <= read(source(), asked(Queue(server(), queue.name)))["oldest_s"][0] < 60


def look(name: str) -> list[float]:
    """A job that says how many are busy in its own queue, itself being one."""
    return read(source(), asked(Queue(server(), name)))["busy"]


def test_a_real_worker_is_counted_while_it_works_and_by_what_it_did(
    queue: RqQueue, redis: Redis
) -> None:
    job = queue.enqueue(f"{__name__}.look", queue.name)
    SimpleWorker([queue], connection=redis, name=queue.name).work(burst=True)
    assert job.return_value() == [1.0]

    name = f"rq:worker:{queue.name}"
    redis.sadd(f"rq:workers:{queue.name}", name)
    for field, value in (("successful", 3), ("failed", 1)):
        redis.hset(name, f"{field}_job_count", str(value))
    redis.hset(name, "total_working_time", "2.0")
    assert read(source(), asked(Queue(server(), queue.name)))["service_s"] == [0.5]
    redis.delete(name, f"rq:workers:{queue.name}")


def test_the_fields_of_a_worker_are_those_that_rq_writes(queue: RqQueue, redis: Redis) -> None:
    seen: list[float] = []

    class Watched(SimpleWorker):
        def register_death(self) -> None:
            """Before its keys go."""
            seen.extend(read(source(), asked(Queue(server(), queue.name)))["service_s"])
            super().register_death()  # type: ignore[no-untyped-call]

    queue.enqueue("math.sqrt", 4)
    queue.enqueue("math.sqrt", "no number")
    Watched([queue], connection=redis).work(burst=True)

    assert len(seen) == 1
    assert 0 < seen[0] < 5


def test_jobs_that_are_worked_on_are_busy_until_they_expire(queue: RqQueue, redis: Redis) -> None:
    now = datetime.now(UTC).timestamp()
    redis.zadd(f"rq:wip:{queue.name}", {"a:1": now + 60, "b:1": now - 60})

    assert read(source(), asked(Queue(server(), queue.name)))["busy"] == [1.0]
    redis.delete(f"rq:wip:{queue.name}")


def test_several_queues_of_a_server_are_one_round_trip(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"q{number}-{uuid.uuid4().hex}" for number in range(5)]
    for number, name in enumerate(names):
        for _ in range(number):
            RqQueue(name, connection=redis).enqueue("math.sqrt", 4)
    sent: list[tuple[object, ...]] = []
    send = Redis.eval

    def counted(client: Redis, *given: object) -> object:
        sent.append(given)
        return send(client, *given)  # type: ignore[call-overload]

    monkeypatch.setattr(Redis, "eval", counted)
    found = read(source(), asked(*(Queue(server(), name) for name in names), None))

    assert found["waiting"][:5] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert np.isnan(found["waiting"][5])
    assert len(sent) == 1
    for name in names:
        RqQueue(name, connection=redis).delete(delete_jobs=True)


def test_a_server_that_is_away_takes_nothing_from_the_others(queue: RqQueue) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hangs:
        port = hangs.getsockname()[1]
        away = [Queue(server(port=port), "q"), Queue(server(port=1), "q")]
        reading = source().read(asked(*away, Queue(server(), queue.name)))

    assert np.isnan(reading.columns["waiting"][:2]).all()
    assert reading.columns["waiting"][2] == 0
    assert reading.failures == (f"2 redis do not answer: 127.0.0.1:1, 127.0.0.1:{port}",)


def test_a_wrong_password_is_one_that_does_not_answer(queue: RqQueue) -> None:
    reading = source().read(asked(Queue(server(password="wrong"), queue.name)))

    assert np.isnan(reading.columns["waiting"]).all()
    assert len(reading.failures) == 1
    assert "wrong" not in reading.failures[0]


def test_hundreds_of_queues_without_a_redis_are_one_sentence() -> None:
    reading = source().read(asked(*(Queue(None, "q") for _ in range(300))))
    assert reading.failures == ("300 queues have no redis that runs",)


class Working:
    """A worker of a queue, of which only the counts are there."""

    def __init__(self, redis: Redis, queue: RqQueue) -> None:
        self._redis, self._queue = redis, queue
        self._name = f"rq:worker:{queue.name}"
        redis.sadd(f"rq:workers:{queue.name}", self._name)

    def ended(self, jobs: int, seconds: float) -> None:
        """So many jobs by now, and seconds that they took."""
        self._redis.hset(self._name, "successful_job_count", str(jobs))
        self._redis.hset(self._name, "total_working_time", str(seconds))

    def mean_s(self, one: RqSource, *service_s: float) -> float:
        """What a process reads; `service_s` as the newest tick tells it."""
        queue = Queue(server(), self._queue.name)
        return read(one, asked(queue, service_s=service_s))["service_s"][0]


@pytest.fixture
def working(redis: Redis, queue: RqQueue) -> Iterator[Working]:
    yield Working(redis, queue)
    redis.delete(f"rq:worker:{queue.name}", f"rq:workers:{queue.name}")


def slower(working: Working, one: RqSource) -> float:
    """The mean after a hundred jobs of a second, then many of ten seconds."""
    working.ended(100, 100.0)
    assert working.mean_s(one) == 1.0
    for times in range(1, 6):
        working.ended(100 + 5 * times, 100.0 + 50.0 * times)
        found = working.mean_s(one)
    return found


def test_a_process_that_was_started_again_tells_the_same_run_time(working: Working) -> None:
    before = slower(working, source())

    assert before > 9.0
    assert working.mean_s(source()) == before


def test_two_processes_count_each_job_once(working: Working) -> None:
    one, other, alone = source(), source(), 1.0
    working.ended(10, 10.0)
    working.mean_s(one)
    for times, reader in enumerate((other, one, one, other, one), 1):
        working.ended(10 + 3 * times, 10.0 + 15.0 * times)
        alone = (15.0 + 3 * alone) / 6
        assert working.mean_s(reader) == pytest.approx(alone)


def test_after_a_flush_the_run_time_is_what_the_newest_tick_tells(working: Working) -> None:
    before = slower(working, source())
    django_rq.get_connection("scale").delete("muster:rq:1:runs")  # the queue's is the same here
    working.ended(126, 351.0)
    one = source()

    assert working.mean_s(one, before) == before
    working.ended(129, 381.0)
    assert working.mean_s(one, before) == pytest.approx((30.0 + 3 * before) / 6)


def test_a_queue_of_another_name_has_a_run_time_of_its_own(
    working: Working, redis: Redis, queue: RqQueue
) -> None:
    before = slower(working, source())
    other = Working(redis, RqQueue(f"{queue.name}-2", connection=redis))
    other.ended(4, 2.0)

    assert other.mean_s(source(), before) == 0.5


def test_a_redis_that_was_away_keeps_its_run_time(working: Working, queue: RqQueue) -> None:
    before = slower(working, source())
    for gone in (Queue(server(port=1), queue.name), Queue(None, queue.name)):
        assert np.isnan(read(source(), asked(gone))["service_s"]).all()

    assert working.mean_s(source()) == before
