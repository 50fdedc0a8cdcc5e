from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import timedelta

import django_rq
import pytest
from django.utils import timezone
from rq import SimpleWorker, cron_scheduler_registry

from platform_admin.pages.heard import Sign, of_observer, of_processes
from tests.platform_admin.pages.site import Site

CONNECTION = django_rq.get_connection("deploy")


@pytest.fixture
def worker() -> Iterator[SimpleWorker]:
    found = SimpleWorker([django_rq.get_queue("deploy")], connection=CONNECTION)
    found.register_birth()  # type: ignore[no-untyped-call]
    yield found
    found.register_death()  # type: ignore[no-untyped-call]
    CONNECTION.delete(found.key)


@pytest.fixture
def crons() -> Iterator[str]:
    key: str = cron_scheduler_registry.get_registry_key()
    yield key
    CONNECTION.delete(key)


def test_an_idle_worker_is_late_when_its_next_heartbeat_is_overdue(worker: SimpleWorker) -> None:
    worker.connection.expire(worker.key, 75)
    in_time = of_processes(CONNECTION, timezone.now())[os.getpid()]
    worker.connection.expire(worker.key, 55)

    assert (in_time.late, of_processes(CONNECTION, timezone.now())[os.getpid()].late) == (
        False,
        True,
    )


def test_a_busy_worker_is_not_late(worker: SimpleWorker) -> None:
    worker.set_state("busy")
    worker.connection.expire(worker.key, 5)

    assert not of_processes(CONNECTION, timezone.now())[os.getpid()].late


def test_a_cron_of_this_machine_is_found_by_its_process(crons: str) -> None:
    now = timezone.now()
    host = socket.gethostname()
    old = (now - timedelta(seconds=31)).timestamp()
    rows = {f"{host}:41:abc": now.timestamp(), f"{host}:42:abc": old, "elsewhere:43:abc": old}
    CONNECTION.zadd(crons, rows)

    found = of_processes(CONNECTION, now)

    assert {pid: sign.late for pid, sign in found.items()} == {41: False, 42: True}


@pytest.mark.parametrize(
    ("ago_s", "error", "late"), [(5, "", False), (31, "", True), (31, "nomad is away", False)]
)
def test_an_observer_that_writes_nothing_is_late(
    site: Site, ago_s: float, error: str, late: bool
) -> None:
    now = timezone.now()
    assert of_observer(now) is None
    site.cell.observed_at, site.cell.observation_error = now - timedelta(seconds=ago_s), error
    site.cell.save()

    assert of_observer(now) == Sign(site.cell.observed_at, late)
