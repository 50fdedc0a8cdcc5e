"""So many requests at a time; the others wait in the order in which they came."""

from __future__ import annotations

from collections import deque
from threading import Lock


class Slots:
    """A place is handed on to who has waited longest, so that nobody starves in an overload."""

    def __init__(self, count: int) -> None:
        self._lock = Lock()
        self._free = count
        self._waiting: deque[Lock] = deque()

    def __enter__(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
