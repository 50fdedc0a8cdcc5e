from __future__ import annotations

import logging
import time
from contextlib import suppress
from datetime import timedelta

import django_rq
from django.conf import settings
from django.core.management.base import BaseCommand
from redis import RedisError
from rq.cron import CronJob, CronScheduler
from rq.exceptions import StopRequested
from rq.utils import now

from jobs.deploy import apply, deleting, drift, logins, lookups, loop, repair
from jobs.dumps import sweep
from jobs.git import sweep as fetches
from jobs.observe import external
from jobs.runs import clock
from jobs.runs import loop as runs
from platform_admin.verbs import desired
from scaler.loop import sample
from scaler.samples import hours

# What comes again, how often in seconds, and on which queue. A tick that is enqueued twice, by
# two schedulers, does no harm: work is claimed by a lease or a mark in its row.
TICKS = (
    (loop.due, loop.INTERVAL_S, "default"),
    (deleting.due, deleting.INTERVAL_S, "default"),
    (apply.catch_up, 2, "observe"),
    (repair.run, 5, "observe"),
    (runs.due, runs.INTERVAL_S, "default"),
    (clock.look, 5, "default"),
    (drift.look, 10, "default"),
    (lookups.due, 10, "default"),
    (desired.end_overrides, 10, "default"),
    (sample.every, settings.MUSTER_SCALING_INTERVAL_S, "scale"),
    (external.look, external.INTERVAL_S, "default"),
    (logins.drop_unused, logins.INTERVAL_S, "default"),
    (sweep.sweep, sweep.INTERVAL_S, "default"),
    (fetches.sweep, fetches.INTERVAL_S, "default"),
    (hours.fold, 600, "default"),
)

AGAIN_S = 1.0
_log = logging.getLogger(__name__)


class Scheduler(CronScheduler):
    """RQ's, which a clock that is set back does not stop until it is there again."""

    def enqueue_jobs(self) -> list[CronJob]:
        """The jobs that are due, enqueued; none is due later than its interval from now."""
        for job in self.get_jobs():
            latest = now() + timedelta(seconds=job.interval or 0)
            if job.next_enqueue_time and job.next_enqueue_time > latest:
                job.next_enqueue_time = latest
        enqueued: list[CronJob] = super().enqueue_jobs()
        return enqueued


class Command(BaseCommand):
    """Runs RQ's cron until SIGTERM."""

    help = (
        "Enqueue what comes again: due deployments, samples, unacknowledged counts, missing routes."
    )

    def handle(self, *args: object, **options: object) -> None:
        """Enqueue until told to stop."""
        scheduler = Scheduler(
            connection=django_rq.get_connection("default"), logging_level=logging.WARNING
        )
        for function, interval_s, queue in TICKS:
            scheduler.register(
                function,
                queue,
                interval=interval_s,
                job_timeout=120,
                result_ttl=0,
                failure_ttl=3600,
                ttl=2 * interval_s,
            )
        with suppress(StopRequested):
            while not _ended(scheduler):
                time.sleep(AGAIN_S)


def _ended(scheduler: Scheduler) -> bool:
    """Whether it was told to stop; False where the queues' server does not answer."""
    try:
        scheduler.start()  # type: ignore[no-untyped-call]
    except RedisError as error:
        _log.warning("The queues' server does not answer (%s): trying again.", error)
        return False
    return True
