from __future__ import annotations

import django_rq
import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks
from redis.exceptions import ConnectionError as Away

from platform_admin.verbs.queue import enqueue

NAME = "jobs.deploy.loop.step"


def queued() -> list[tuple[object, object]]:
    return [(job.func_name, job.args) for job in django_rq.get_queue("deploy").get_jobs()]


@pytest.fixture(autouse=True)
def empty() -> None:
    django_rq.get_queue("deploy").empty()  # type: ignore[no-untyped-call]


@pytest.mark.django_db(transaction=True)
def test_a_job_stands_in_its_queue_once_the_transaction_commits() -> None:
    with transaction.atomic():
        enqueue("deploy", NAME, 7)
        assert queued() == []

    assert queued() == [(NAME, (7,))]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_nobody_took_in_time_goes() -> None:
    enqueue("deploy", NAME, 7, ttl_s=1)

    [job] = django_rq.get_queue("deploy").get_jobs()
    assert job.ttl == 1


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_taken_back_enqueues_nothing() -> None:
    with transaction.atomic():
        enqueue("deploy", NAME, 7)
        transaction.set_rollback(True)

    assert queued() == []


@pytest.mark.django_db
def test_a_queue_that_is_away_fails_nothing(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def away(_: str) -> None:
        raise Away("refused")

    monkeypatch.setattr(django_rq, "get_queue", away)
    with django_capture_on_commit_callbacks(execute=True):
        enqueue("deploy", NAME, 7)

    assert "refused" in caplog.text
