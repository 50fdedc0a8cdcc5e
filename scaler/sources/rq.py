"""What waits in the queues of RQ, from the keys that RQ itself keeps (rq 2.12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from scaler.rules.arrays import Floats
from scaler.sources.runtimes import Run, Runs, Worked, following
from scaler.sources.source import WITHIN_S, Asked, Queue, Reading, Server

NAMES = ("waiting", "oldest_s", "busy", "service_s", "queue_age_s")
ANSWER_S = 1.0
AT_ONCE = 16
NAMED_MOST = 3

SCRIPT = """
local now, found = redis.call('TIME')[1], {}
for place, queue in ipairs(ARGV) do
  local key, since = 'rq:queue:' .. queue, ''
  for _, job in ipairs(redis.call('LRANGE', key, 0, 9)) do
    since = redis.call('HGET', 'rq:job:' .. job, 'enqueued_at') or ''
    if since ~= '' then break end
  end
  local workers = {}
  for _, worker in ipairs(redis.call('SMEMBERS', 'rq:workers:' .. queue)) do
    local row = redis.call('HMGET', worker, 'successful_job_count', 'failed_job_count',
                           'total_working_time')
    workers[#workers + 1] = {worker, row[1] or '0', row[2] or '0', row[3] or '0'}
  end
  found[place] = {redis.call('LLEN', key), since,
                  redis.call('ZCOUNT', 'rq:wip:' .. queue, '(' .. now, '+inf'), workers}
end
return found
"""
"""For each queue: its length, when its oldest job came, the executions that have not expired, and
each worker's jobs that went well, that failed, and seconds of work."""


@dataclass(frozen=True)
class Seen:
    """One queue as its server describes it; `since` in seconds since 1970, None for no job."""

    waiting: int
    since: float | None
    busy: int
    workers: Mapping[str, Worked]


class RqSource:
    """Keeps a connection a server; what its workers had done by the last reading is in `runs`."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._clients: dict[Server, Redis] = {}
        self._failed: set[Server] = set()

    def read(self, asked: Asked) -> Reading:
        """The columns of the queues; of a server that is away unknown, all others as they are."""
        by_server = _by_server(asked.queues)
        self._forget(set(by_server))
        answers = self._ask(by_server)
        table = {name: np.full(len(asked), np.nan) for name in NAMES}
        seen = {
            place: queue
            for server, answer in answers.items()
            for place, queue in zip(by_server[server], answer, strict=False)
        }
        for place, queue in seen.items():
            _fill(table, place, queue, asked.now)
        for place, run in self._following(asked, seen).items():
            table["service_s"][place] = run.mean_s
        return Reading(table, self._failures(by_server, asked.queues))

    def _following(self, asked: Asked, seen: Mapping[int, Seen]) -> dict[int, Run]:
        """How long the jobs of each queue run, which is kept too; of one that is away as it was."""
        keys = {
            place: f"{asked.slugs[place]} {queue.name}"
            for place, queue in enumerate(asked.queues)
            if queue is not None
        }
        if not keys:
            return {}
        kept = self._runs.last(asked.cell)
        before = kept or {}
        runs = {}
        for place, queue in seen.items():
            told_s = asked.told_s(place) if kept is None else np.nan
            runs[place] = following(before.get(keys[place]), queue.workers, told_s)
        known = {key: before[key] for key in keys.values() if key in before}
        self._runs.put(asked.cell, known | {keys[place]: run for place, run in runs.items()})
        return runs

    def _ask(self, by_server: Mapping[Server, Mapping[int, str]]) -> dict[Server, list[Seen]]:
        """Each server's answer; those that failed last come last, and nobody is waited for long."""
        order = sorted(by_server, key=lambda server: server in self._failed)
        if not order:
            return {}
        pool = ThreadPoolExecutor(min(len(order), AT_ONCE))
        asked: dict[Server, Future[list[Seen]]] = {
            server: pool.submit(_asked, self._client(server), list(by_server[server].values()))
            for server in order
        }
        wait(asked.values(), timeout=WITHIN_S)
        pool.shutdown(wait=False, cancel_futures=True)
        found = {server: answer.result() for server, answer in asked.items() if _good(answer)}
        self._failed = set(order) - set(found)
        return found

    def _client(self, server: Server) -> Redis:
        if server not in self._clients:
            self._clients[server] = Redis(
                host=server.host,
                port=server.port,
                username=server.user,
                password=server.password,
                socket_timeout=ANSWER_S,
                socket_connect_timeout=ANSWER_S,
                retry=Retry(NoBackoff(), 1),
                max_connections=2,
            )
        return self._clients[server]

    def _forget(self, needed: set[Server]) -> None:
        for server in set(self._clients) - needed:
            self._clients.pop(server).close()

    def _failures(
        self, asked: Mapping[Server, object], queues: Sequence[Queue | None]
    ) -> tuple[str, ...]:
        lost = [server.address for server in asked if server in self._failed]
        absent = sum(queue is not None and queue.server is None for queue in queues)
        said = []
        if lost:
            said.append(
                f"{_counted(len(lost), 'redis does', 'redis do')} not answer: {_some(lost)}"
            )
        if absent:
            said.append(f"{_counted(absent, 'queue has', 'queues have')} no redis that runs")
        return tuple(said)


def _fill(table: Mapping[str, Floats], place: int, seen: Seen, now: float) -> None:
    table["waiting"][place] = seen.waiting
    table["busy"][place] = seen.busy
    table["queue_age_s"][place] = 0.0
    if seen.waiting == 0:
        table["oldest_s"][place] = 0.0
    elif seen.since is not None:
        table["oldest_s"][place] = max(now - seen.since, 0.0)


def _by_server(queues: Sequence[Queue | None]) -> dict[Server, dict[int, str]]:
    """The names of the queues of each server, by the service's place."""
    found: dict[Server, dict[int, str]] = defaultdict(dict)
    for place, queue in enumerate(queues):
        if queue is not None and queue.server is not None:
            found[queue.server][place] = queue.name
    return found


def _asked(client: Redis, names: Sequence[str]) -> list[Seen]:
    answer: Any = client.eval(SCRIPT, 0, *names)
    return [_seen(row) for row in answer]


def _seen(row: Sequence[Any]) -> Seen:
    waiting, since, busy, workers = row
    return Seen(
        waiting=int(waiting),
        since=_moment(since),
        busy=int(busy),
        workers={
            name.decode(): Worked(float(well) + float(failed), float(seconds))
            for name, well, failed, seconds in workers
        },
    )


def _moment(text: bytes) -> float | None:
    """As RQ writes it: 2026-11-25T12:00:00.000000Z."""
    try:
        return datetime.fromisoformat(text.decode()).astimezone(UTC).timestamp()
    except ValueError:
        return None


def _good(answer: Future[list[Seen]]) -> bool:
    if not answer.done() or answer.cancelled():
        return False
    error = answer.exception()
    if error is not None and not isinstance(error, RedisError | ValueError | OSError):
        raise error
    return error is None


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _some(names: Sequence[str]) -> str:
    named, more = ", ".join(sorted(names)[:NAMED_MOST]), len(names) - NAMED_MOST
    return f"{named} and {more} more" if more > 0 else named
