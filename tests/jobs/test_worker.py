from __future__ import annotations

from collections.abc import Iterator

import django_rq
import pytest
from django.db import connection
from rq import Queue, get_current_job
from rq.worker import SimpleWorker

from jobs.worker import Worker


@pytest.fixture
def worker() -> Iterator[Worker]:
    """A worker of the queue of deployments that has just begun."""
    queue = django_rq.get_queue("deploy")
    found = Worker([queue], connection=queue.connection)
    found.register_birth()  # type: ignore[no-untyped-call]
    yield found
    found.register_death()  # type: ignore[no-untyped-call]
    queue.connection.delete(found.key)


def test_it_is_known_again_after_the_queue_lost_its_data(worker: Worker) -> None:
    worker.connection.delete("rq:workers", "rq:workers:deploy", worker.key)
    worker.heartbeat()

    [found] = SimpleWorker.all(queue=django_rq.get_queue("deploy"))
    assert (found.name, found.birth_date) == (worker.name, worker.birth_date)
    assert worker.connection.ttl(worker.key) > 0


def lose_the_connection() -> None:
    """Postgres ends the connection, as a restart of it does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()


def count() -> int:
    """What any job does first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return int(cursor.fetchone()[0])


def boom() -> None:
    raise ValueError("the job's own trouble")


def time_left() -> int:
    """For how many seconds the job that asks still lives; -1 is for ever."""
    job = get_current_job()
    assert job is not None
    return int(job.connection.ttl(job.key))


@pytest.fixture
def queue() -> Queue:
    found = django_rq.get_queue("deploy")
    found.empty()  # type: ignore[no-untyped-call]
    return found


def work(queue: Queue) -> None:
    """All that is queued, and nothing after it."""
    Worker([queue], connection=queue.connection).work(burst=True, logging_level="CRITICAL")


@pytest.mark.django_db(transaction=True)
def test_a_job_works_after_postgres_ended_the_connection_of_the_one_before(queue: Queue) -> None:
    jobs = [queue.enqueue(call, result_ttl=60) for call in (lose_the_connection, count)]
    work(queue)
    assert [job.get_status(refresh=True) for job in jobs][-1] == "finished"


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_ends_no_worker(queue: Queue) -> None:
    jobs = [queue.enqueue(call, result_ttl=60, failure_ttl=60) for call in (boom, count)]
    work(queue)
    assert [job.get_status(refresh=True) for job in jobs] == ["failed", "finished"]


@pytest.mark.django_db(transaction=True)
def test_a_jobs_time_to_live_is_for_its_waiting_alone(queue: Queue) -> None:
    job = queue.enqueue(time_left, ttl=60, result_ttl=60)
    work(queue)
    assert job.return_value() == -1
