"""The queues that workers take jobs from: RQ's own keys in a Valkey, and nobody who works."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import redis
from rq import Queue

from bench.loop.world import Unit

JOB_S = 30.0
"""Seconds that a job has taken on average."""
FAR = 4_000_000_000
EVERY_S = 0.5


def nothing() -> None:
    """What a job would do."""


class Jobs(Protocol):
    """Sets what a service's queue holds."""

    def hold(self, unit: Unit, *, waiting: int, busy: int) -> None:
        """So many jobs wait, so many are worked on."""
        ...


class Queues:
    """Changes are noted, and written by a thread: nobody who asks the stand-in waits for them."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(url)
        self._lock = threading.Lock()
        self._todo: dict[Unit, tuple[int, int]] = {}

    def begin(self, units: Sequence[Unit]) -> None:
        """Every worker is registered, has ended jobs before, and works on one."""
        with self._client.pipeline(transaction=False) as pipe:
            for unit in units:
                name = queue_name(unit)
                pipe.sadd("rq:queues", f"rq:queue:{name}")
                for number in range(unit.count):
                    worker = f"rq:worker:{name}-{number}"
                    pipe.sadd(f"rq:workers:{name}", worker)
                    pipe.hset(worker, "successful_job_count", "10")
                    pipe.hset(worker, "total_working_time", str(10 * JOB_S))
                self._work(pipe, name, unit.count)
            pipe.execute()

    def hold(self, unit: Unit, *, waiting: int, busy: int) -> None:
        """So many jobs wait, so many are worked on, within EVERY_S."""
        with self._lock:
            self._todo[unit] = (waiting, busy)

    def run(self, wait: Callable[[float], object], stopped: Callable[[], bool]) -> None:
        """Write what is noted until `stopped`."""
        while not stopped():
            self.flush()
            wait(EVERY_S)

    def flush(self) -> None:
        """Write what is noted."""
        with self._lock:
            todo, self._todo = self._todo, {}
        for unit, (waiting, busy) in todo.items():
            queue = Queue(queue_name(unit), connection=self._client)
            queue.empty()  # type: ignore[no-untyped-call]
            for _ in range(waiting):
                queue.enqueue(nothing)
            with self._client.pipeline() as pipe:
                self._work(pipe, queue.name, busy)
                pipe.execute()

    def _work(self, pipe: Any, name: str, busy: int) -> None:
        pipe.delete(f"rq:wip:{name}")
        if busy:
            pipe.zadd(f"rq:wip:{name}", {f"{name}:{number}": FAR for number in range(busy)})


def queue_name(unit: Unit) -> str:
    """The queue of a service: all apps share one Valkey here."""
    return unit.slug
