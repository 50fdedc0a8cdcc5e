"""How many requests a router lets in at once, by the host that they ask for."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Admission:
    """Counts what was let in; as Traefik's, it lives as long as one configuration does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def asked(self, router: str, host: str, most: int | None) -> Iterator[bool]:
        """Whether a request is let in; if so it counts until the block ends."""
        key = (router, host)
        with self._lock:
            room = most is None or self._inside[key] < most
            self._inside[key] += room
        try:
            yield room
        finally:
            with self._lock:
                self._inside[key] -= room
                self._inside += Counter()  # forgets the zeros
