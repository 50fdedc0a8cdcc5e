"""The last sign of life of parts that have no port: what workers, cron and observer write down."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from redis import Redis
from rq import cron_scheduler_registry
from rq.worker import Worker, WorkerStatus

from platform_admin.models import Cell
from platform_admin.pages.cells import OLD_AFTER
from platform_admin.pages.queues import GRACE_S

CRON_OLD_AFTER = timedelta(seconds=30)
"""It wakes every 2 s, for what comes again that often."""


@dataclass(frozen=True)
class Sign:
    """When something was heard of a process last, and whether it should have been heard since."""

    at: datetime
    late: bool


def of_processes(connection: Redis, now: datetime) -> dict[int, Sign]:
    """The workers and crons of this machine, by their process. RedisError where it is silent.

    A busy worker sends no heartbeat before its job ends, so it is not late while RQ keeps its row.
    """
    return _workers(connection) | _crons(connection, now)


def of_observer(now: datetime) -> Sign | None:
    """When a cell was observed last, None where none ever was.

    An observer that met an error wrote that down: it is not late.
    """
    rows = Cell.objects.exclude(observed_at=None).values_list("observed_at", "observation_error")
    signs = [Sign(at, not error and now - at > OLD_AFTER) for at, error in rows if at]
    return max(signs, key=lambda sign: sign.at, default=None)


def _workers(connection: Redis) -> dict[int, Sign]:
    here = socket.gethostname()
    return {
        worker.pid: Sign(
            _aware(worker.last_heartbeat),
            late=worker.get_state() != WorkerStatus.BUSY and connection.ttl(worker.key) < GRACE_S,
        )
        for worker in Worker.all(connection=connection)
        if worker.hostname == here and worker.pid and worker.last_heartbeat
    }


def _crons(connection: Redis, now: datetime) -> dict[int, Sign]:
    """By the scheduler's name, which RQ makes of machine, process and chance."""
    key = cron_scheduler_registry.get_registry_key()
    found: dict[int, Sign] = {}
    rows: list[tuple[bytes, float]] = connection.zrange(key, 0, -1, withscores=True)  # type: ignore[assignment]
    for name, score in rows:
        host, _, rest = name.decode().rpartition(":")[0].rpartition(":")
        at = datetime.fromtimestamp(score, UTC)
        if host == socket.gethostname() and rest.isdigit():
            found[int(rest)] = Sign(at, now - at > CRON_OLD_AFTER)
    return found


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
