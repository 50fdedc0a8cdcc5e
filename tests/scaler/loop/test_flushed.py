"""The loop through its real queue, which loses everything at the worst moments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import django_rq
import pytest
from rq import Queue

from jobs.worker import Worker
from platform_admin.models import Cell, ScalingEvent, Service, Tick
from scaler.loop import sample as sampling
from tests.platform_admin.verbs.world import make_world
from tests.scaler.loop.scene import Scene, served

pytestmark = pytest.mark.django_db(transaction=True)
ENQUEUE = sampling._enqueue


@pytest.fixture
def queue() -> Queue:
    found = django_rq.get_queue(sampling.QUEUE)
    found.empty()  # type: ignore[no-untyped-call]
    return found


@pytest.fixture
def scene(transactional_db: None, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """One late web service, and the loop with its real queue and the real time."""
    scene = Scene(make_world(), monkeypatch)
    monkeypatch.setattr("scaler.loop.sample._enqueue", ENQUEUE)
    scene.service()
    scene.now = datetime.now(UTC)
    scene.settle()
    scene.says(web=served(20.0, 1.4))
    return scene


def cron() -> None:
    """The next interval: what cron enqueues then."""
    Cell.objects.update(sampled_at=None)
    sampling.every()


def work(queue: Queue, jobs: int | None = None) -> None:
    """So many of the jobs that are queued, or all."""
    worker = Worker([queue], connection=queue.connection)
    worker.work(burst=True, max_jobs=jobs, logging_level="CRITICAL")


def nothing(queue: Queue) -> None:
    """Nothing is lost."""


def before_it_measures(queue: Queue) -> None:
    """The sample's job is lost."""
    queue.connection.flushdb()


def before_it_decides(queue: Queue) -> None:
    """It measured; the tick's job is lost."""
    work(queue, 1)
    assert queue.count == 1
    queue.connection.flushdb()


def after_it_decided(queue: Queue) -> None:
    """All is done, and then forgotten."""
    work(queue)
    queue.connection.flushdb()


@pytest.mark.full
@pytest.mark.parametrize(
    ("lose", "ticks"),
    [(nothing, 1), (before_it_measures, 1), (before_it_decides, 2), (after_it_decided, 2)],
)
def test_whenever_the_queue_is_lost_the_next_interval_comes_to_the_same(
    scene: Scene, queue: Queue, lose: Callable[[Queue], None], ticks: int
) -> None:
    cron()
    lose(queue)
    if lose is not nothing:
        scene.settle()
        cron()
    work(queue)

    assert Tick.objects.count() == ticks
    assert (scene.desired("web"), Service.objects.get().desired_version) == (2, 1)
    assert ScalingEvent.objects.filter(outcome="applied").count() == 1
