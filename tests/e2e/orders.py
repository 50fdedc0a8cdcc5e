"""Orders for an app's worker, one after another, for as long as parts are hurt beside it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from redis import Redis
from rq import Queue

from tests.e2e.muster import until

EVERY_S = 0.5
TAKES_S = 0.2
MARKS = "marks:orders"


@dataclass
class Orders:
    """The orders so far; each that was packed has counted up a mark under its number."""

    redis: Redis
    numbers: list[str] = field(default_factory=list)
    _told: int = 0

    def wrong(self, within_s: float = 60) -> list[str]:
        """The orders since the last call that were packed twice; fails where some are lost."""
        given, self._told = self.numbers[self._told :], len(self.numbers)
        until(lambda: set(given) <= self._packed().keys(), within_s, lambda: self._lost(given))
        packed = self._packed()
        return [f"{each} was packed {packed[each]} times" for each in given if packed[each] != 1]

    def _lost(self, given: list[str]) -> list[str]:
        return sorted(set(given) - self._packed().keys())

    def _packed(self) -> dict[str, int]:
        found: Any = self.redis.hgetall(MARKS)
        return {number.decode(): int(times) for number, times in found.items()}


@contextmanager
def orders(url: str) -> Iterator[Orders]:
    """Two orders a second for the worker of this redis, until the block is left."""
    given, stop = Orders(Redis.from_url(url)), threading.Event()
    thread = threading.Thread(target=_give, args=(given, stop))
    thread.start()
    try:
        yield given
    finally:
        stop.set()
        thread.join()


def _give(given: Orders, stop: threading.Event) -> None:
    queue = Queue("orders", connection=given.redis)
    while not stop.wait(EVERY_S):
        number = str(len(given.numbers))
        queue.enqueue("orders.pack", number, "parcel", TAKES_S, MARKS, result_ttl=0)
        given.numbers.append(number)
