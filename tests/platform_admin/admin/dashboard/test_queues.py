from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import django_rq
import pytest
from django.utils import timezone
from redis.exceptions import ConnectionError as Away
from rq import Queue
from rq.job import Job

from platform_admin.pages.queues import STANDS_STILL
from tests.platform_admin.admin.dashboard.first_page import html_of, part, shown
from tests.platform_admin.pages.site import Site


@pytest.fixture
def waiting() -> Iterator[Job]:
    """A job that waits in the queue of deployments for five minutes, and one that failed there."""
    queue = Queue("deploy", connection=django_rq.get_connection("deploy"))
    queue.empty()  # type: ignore[no-untyped-call]
    job, broken = (queue.enqueue("jobs.deploy.loop.step", number) for number in range(2))
    job.enqueued_at = timezone.now().replace(tzinfo=None) - timedelta(minutes=5)
    job.save()
    queue.remove(broken)
    queue.failed_job_registry.add(broken, ttl=60)
    yield job
    queue.failed_job_registry.remove(broken)
    queue.empty()  # type: ignore[no-untyped-call]


def test_a_queue_says_who_works_on_it_what_waits_and_what_failed(site: Site, waiting: Job) -> None:
    said = part(site, "queues")

    assert re.search(r"away deploy 0 1 5 min \d s 1 No worker takes jobs of it: deployments", said)
    assert "/admin/queues/queues/1/failed/" in html_of(site, "queues")
    assert f"{len(STANDS_STILL)} queues behind or without a worker" in shown(site)


def test_a_valkey_that_is_away_is_asked_once_and_keeps_nothing_up(site: Site) -> None:
    with patch("platform_admin.pages.queues.seen", side_effect=Away("no answer")) as asked:
        said = part(site, "queues")

    assert asked.call_count == 1
    assert said.count("It does not answer, so") == len(STANDS_STILL)
    assert len(re.findall(r"\w no data It does not answer", said)) == len(STANDS_STILL)
