from __future__ import annotations

from collections.abc import Iterator

import django_rq
import pytest
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
