"""Whether somebody takes the jobs of each queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import django_rq
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.worker import WorkerStatus

from platform_admin.pages import briefly
from platform_admin.pages.condition import Condition, broken, slow, well
from platform_admin.pages.words import count, duration

# What stands still without a worker, by queue.
STANDS_STILL = {
    "deploy": "deployments stand still",
    "default": "deployments that wait are not taken up again, and counts set for a time do not end",
    "scale": "nothing is measured, and no count follows its load",
    "replay": "replays of policies do not begin",
    "dump": "no database is copied into a file",
    "fetch": "no program is fetched from git",
    "traffic": "no traffic is sent to the example",
    "observe": "counts do not reach Nomad, and missing routes do not come back",
}
OLD_AFTER = timedelta(seconds=15)
MOST_EXPIRED = 15
HEAD = 100
# RQ lets a worker's row live this much longer than until its next heartbeat.
GRACE_S = 60
LOOK = "A worker hangs, or there are too few: read its log and restart it, or start another."


@dataclass(frozen=True)
class Seen:
    """A queue now: its workers that keep their word, its jobs, since when the oldest waits.

    `expired` are the jobs that nobody took while they were of use; ticks expire, steps do not.
    `failed` are those that RQ keeps because they ended with an error.
    """

    name: str
    workers: int
    waiting: int
    expired: int = 0
    oldest: datetime | None = None
    failed: int = 0


def conditions(now: datetime) -> list[Condition]:
    """How each queue is."""
    return [how for _, _, how in looks(now)]


def looks(now: datetime) -> list[tuple[str, Seen | None, Condition]]:
    """Each queue by name: as it was seen, and how it is.

    They are all of one server: where it does not answer for one of them, the others are not
    waited for.
    """
    found: list[tuple[str, Seen | None, Condition]] = []
    away: RedisError | None = None
    for name in STANDS_STILL:
        look = None
        try:
            look = None if away else seen(name)
        except RedisError as error:
            away = error
        found.append((name, look, condition(look, now) if look else _silent(name, away)))
    return found


def condition(seen: Seen, now: datetime) -> Condition:
    """How a queue is: away without a worker, behind where its jobs wait too long."""
    name = _title(seen.name)
    said = f"{count(seen.workers, 'worker')}, {count(seen.waiting, 'job')} waiting"
    if not seen.workers:
        what = f"No worker takes jobs of it: {STANDS_STILL[seen.name]}. {said}. {_start(seen.name)}"
        return broken(name, what)
    late = _late(seen, now)
    return slow(name, f"{said}, {late}. {LOOK}") if late else well(name, f"{said}.")


def seen(name: str) -> Seen:
    """The queue as RQ knows it. RedisError where it does not answer."""
    queue = django_rq.get_queue(name, connection=briefly.connection(name))
    head = queue.get_job_ids(0, HEAD)
    jobs = [job for job in queue.job_class.fetch_many(head, queue.connection) if job]
    since = [job.enqueued_at.replace(tzinfo=UTC) for job in jobs if job.enqueued_at]
    return Seen(
        name,
        workers=_workers(queue),
        waiting=queue.count,
        expired=len(head) - len(jobs),
        oldest=min(since, default=None),
        failed=queue.failed_job_registry.get_job_count(cleanup=False),
    )


def _workers(queue: Queue) -> int:
    """How many workers have not missed a heartbeat.

    An idle one sends a heartbeat as seldom as its time to live says: so not the age of the last
    counts, but whether the next is overdue, which the row's end tells. A busy one sends none
    before its job ends: it counts for as long as RQ keeps its row.
    """
    return sum(
        worker.get_state() == WorkerStatus.BUSY or queue.connection.ttl(worker.key) >= GRACE_S
        for worker in Worker.all(queue=queue)
    )


def _silent(name: str, error: RedisError | None) -> Condition:
    return broken(_title(name), f"It does not answer, so {STANDS_STILL[name]}: {error}.")


def _late(seen: Seen, now: datetime) -> str:
    if seen.oldest and now - seen.oldest > OLD_AFTER:
        return f"the oldest for {duration((now - seen.oldest).total_seconds())}"
    return f"{seen.expired} of them too late" if seen.expired > MOST_EXPIRED else ""


def _title(name: str) -> str:
    return f"Queue {name}"


def _start(name: str) -> str:
    return f"Start one: manage.py rqworker {name} --worker-class jobs.worker.Worker."
