"""Calls side by side in a few threads, each with its time: one that hangs delays no other."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from queue import Empty, Queue
from threading import Thread
from typing import Generic, TypeVar

MOST_STRAYS = 32
"""Threads that hang, at most: beyond them nothing new is begun that could hang as well."""
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True)
class Late:
    """What there is in place of an answer: none in time, or not asked as too many others hang."""

    asked: bool


@dataclass
class Lanes(Generic[K, V]):
    """At most `most` calls at once, `within_s` seconds for each; a call that raises is late.

    A thread can not be ended. One that is late is a stray: it holds no lane, what it finds is
    nothing to anybody, and its key is not called again before it is over.
    """

    most: int
    within_s: float
    _running: set[K] = field(default_factory=set)

    def strays(self) -> int:
        """How many calls of earlier rounds are not over yet; to be asked between rounds."""
        return len(self._running)

    def run(self, calls: Mapping[K, Callable[[], V]]) -> Iterator[tuple[K, V | Late]]:
        """Each key with its answer, in the order in which they come."""
        answers: Queue[tuple[K, V]] = Queue()
        waiting, until = deque(calls), dict[K, float]()
        while waiting or until:
            while waiting and len(until) < self.most:
                key = waiting.popleft()
                if key in self._running or len(self._running) - len(until) >= MOST_STRAYS:
                    yield key, Late(asked=key in self._running)
                    continue
                until[key] = time.monotonic() + self.within_s
                self._begin(key, calls[key], answers)
            yield from _next(answers, until)

    def _begin(self, key: K, call: Callable[[], V], answers: Queue[tuple[K, V]]) -> None:
        def called() -> None:
            try:
                answer = call()
            finally:
                self._running.discard(key)
            answers.put((key, answer))

        self._running.add(key)
        # A daemon: a worker that is told to end does not wait for a stray.
        Thread(target=called, daemon=True, name=f"lane {key}").start()


def _next(answers: Queue[tuple[K, V]], until: dict[K, float]) -> Iterator[tuple[K, V | Late]]:
    """The next answer, or who is late by then."""
    if not until:
        return
    try:
        key, answer = answers.get(timeout=max(min(until.values()) - time.monotonic(), 0))
    except Empty:
        for late in [key for key, end in until.items() if end <= time.monotonic()]:
            del until[late]
            yield late, Late(asked=True)
    else:
        if until.pop(key, None) is not None:
            yield key, answer
