from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import timedelta

import django_rq
import pytest
from redis import Redis
from rq import cron as rq_cron
from rq.utils import now as rq_now

from platform_admin.management.commands import cron

INTERVAL_S = 2


def tick() -> None:
    """What comes again."""


@pytest.fixture
def scheduler() -> cron.Scheduler:
    made = cron.Scheduler(connection=django_rq.get_connection("default"))
    made.register(tick, "default", interval=INTERVAL_S, ttl=1)
    assert len(made.enqueue_jobs()) == 1
    return made


@pytest.mark.parametrize("hours", [-1, 0, 1])
def test_it_enqueues_again_after_an_interval_whatever_the_clock_did(
    scheduler: cron.Scheduler, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    jumped = timedelta(hours=hours)

    def at(seconds: float) -> None:
        for module in (rq_cron, cron):
            monkeypatch.setattr(
                module, "now", lambda: rq_now() + jumped + timedelta(seconds=seconds)
            )

    at(0.5)
    assert len(scheduler.enqueue_jobs()) == (hours > 0)
    assert scheduler.calculate_sleep_interval() <= INTERVAL_S
    at(0.5 + INTERVAL_S)
    assert len(scheduler.enqueue_jobs()) == 1


@pytest.fixture
def handlers() -> Iterator[None]:
    """RQ's cron takes over signals of the process that it runs in."""
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def test_a_queues_server_that_is_away_ends_nothing(
    handlers: None, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = Redis(port=1, socket_connect_timeout=1)

    assert not cron._ended(cron.Scheduler(connection=nobody))
    assert "trying again" in caplog.text


def test_a_stop_ends_it(
    handlers: None, scheduler: cron.Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rq.cron.time.sleep", lambda _: signal.raise_signal(signal.SIGTERM))

    assert cron._ended(scheduler)
