"""A circuit breaker: a server that hung is left alone for a while, so that nobody queues there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests

from jobs.errors import Unavailable


class Breaker:
    """For one server; threads share it.

    A call that ran into its time-out opens it for `rest_s`: calls fail at once. Then one call
    tries, and the others go on failing until it has its answer. A server that refuses the
    connection costs nobody any time, so that opens nothing.
    """

    def __init__(
        self, server: str, *, rest_s: float = 3.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._server, self._rest_s, self._clock = server, rest_s, clock
        self._lock = threading.Lock()
        self._open_until: float | None = None
        self._trying = False

    @contextmanager
    def around(self) -> Iterator[Callable[[object], None]]:
        """Around a call, a function that takes its outcome; Unavailable where none may be made."""
        self._enter()
        outcome: list[object] = []
        try:
            yield outcome.append
        finally:
            self._leave(hung=any(isinstance(each, requests.Timeout) for each in outcome))

    def _enter(self) -> None:
        with self._lock:
            if self._open_until is None:
                return
            if self._trying or self._clock() < self._open_until:
                raise Unavailable(
                    f"{self._server} did not answer in time, and is not asked again for a moment",
                    server=self._server,
                )
            self._trying = True

    def _leave(self, *, hung: bool) -> None:
        with self._lock:
            self._trying = False
            self._open_until = self._clock() + self._rest_s if hung else None
