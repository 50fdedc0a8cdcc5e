from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import django_rq
import pytest
from rq import Queue, SimpleWorker

from platform_admin.pages.queues import STANDS_STILL, Seen, condition, conditions, seen

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def queue() -> Iterator[Queue]:
    """The queue of deployments, empty, and no job of it has failed."""
    found = django_rq.get_queue("deploy")
    found.empty()  # type: ignore[no-untyped-call]
    found.connection.delete(found.failed_job_registry.key)
    yield found
    found.empty()  # type: ignore[no-untyped-call]


@pytest.fixture
def worker(queue: Queue) -> Iterator[SimpleWorker]:
    """A worker of that queue that has just begun."""
    found = SimpleWorker([queue], connection=queue.connection)
    found.register_birth()  # type: ignore[no-untyped-call]
    yield found
    found.register_death()  # type: ignore[no-untyped-call]
    queue.connection.delete(found.key)


def test_a_worker_counts_for_its_own_queue_alone(worker: SimpleWorker) -> None:
    assert [seen(name).workers for name in ("deploy", "default", "observe")] == [1, 0, 0]


def test_an_idle_worker_counts_until_its_next_heartbeat_is_overdue(worker: SimpleWorker) -> None:
    worker.connection.expire(worker.key, 75)
    in_time = seen("deploy").workers
    worker.connection.expire(worker.key, 55)

    assert (in_time, seen("deploy").workers) == (1, 0)


def test_a_busy_worker_counts_while_rq_keeps_its_row(worker: SimpleWorker) -> None:
    worker.set_state("busy")
    worker.connection.expire(worker.key, 5)
    while_it_works = seen("deploy").workers
    worker.connection.delete(worker.key)

    assert (while_it_works, seen("deploy").workers) == (1, 0)


def test_jobs_say_since_when_the_oldest_waits_and_how_many_came_too_late(queue: Queue) -> None:
    gone, oldest, _ = (queue.enqueue("jobs.deploy.loop.step", number) for number in range(3))
    since = datetime(2020, 1, 1, tzinfo=UTC)
    oldest.enqueued_at = since
    oldest.save()
    queue.connection.delete(gone.key)

    assert seen("deploy") == Seen("deploy", workers=0, waiting=3, expired=1, oldest=since)


@pytest.mark.parametrize("name", sorted(STANDS_STILL))
def test_a_queue_without_a_worker_says_what_stands_still_and_how_to_start_one(name: str) -> None:
    found = condition(Seen(name, workers=0, waiting=2), NOW)

    assert found.look == "failed"
    assert STANDS_STILL[name] in found.sentence
    assert f"manage.py rqworker {name} --worker-class jobs.worker.Worker" in found.sentence


@pytest.mark.parametrize(
    ("changes", "look", "said"),
    [
        ({}, "healthy", "1 worker, 20 jobs waiting."),
        ({"oldest": NOW - timedelta(seconds=15)}, "healthy", "1 worker, 20 jobs waiting."),
        ({"oldest": NOW - timedelta(seconds=16)}, "degraded", "the oldest for 16 s"),
        ({"expired": 15}, "healthy", "1 worker, 20 jobs waiting."),
        ({"expired": 16}, "degraded", "16 of them too late. A worker hangs"),
    ],
)
def test_a_queue_with_a_worker_is_as_well_as_its_jobs_are_young(
    changes: dict[str, int | datetime], look: str, said: str
) -> None:
    found = condition(Seen("default", workers=1, waiting=20, **changes), NOW)  # type: ignore[arg-type]

    assert found.look == look
    assert said in found.sentence


def test_a_queue_that_is_away_says_what_stands_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from django_rq import settings as queues

    for name in STANDS_STILL:
        monkeypatch.setitem(queues.QUEUES, name, {"URL": "redis://127.0.0.1:1/0"})

    assert all("It does not answer, so " in each.sentence for each in conditions(NOW))
