"""What a fetch may take: bytes received and seconds; and whether somebody still wants it."""

from __future__ import annotations

import time
from collections.abc import Callable

from jobs.git.errors import Unfetched, Unwanted

SAID_EVERY_S = 1.0

Say = Callable[[int, str], bool]


class Budget:
    """Counts what comes. `say` is told the bytes so far and what is done, and whether to go on."""

    def __init__(self, largest_bytes: int, within_s: float, say: Say) -> None:
        self.received = 0
        self._largest = largest_bytes
        self._until = time.monotonic() + within_s
        self._say = say
        self._said = float("-inf")
        self._doing = ""

    def take(self, bytes_: int) -> None:
        """Nothing; so many bytes more have come. Unfetched: too many. Unwanted."""
        self.received += bytes_
        if self.received > self._largest:
            raise Unfetched(
                f"The server sent more than {self._largest // 2**20} MB, the most that is fetched:"
                " upload an archive, or use an image."
            )
        self.go_on()

    def go_on(self, doing: str = "") -> None:
        """Nothing; told now and then while it works. Unfetched: it took too long. Unwanted."""
        now, fresh = time.monotonic(), doing not in ("", self._doing)
        self._doing = doing or self._doing
        if now > self._until:
            raise Unfetched("It took longer than a fetch may take: upload an archive instead.")
        if fresh or now - self._said >= SAID_EVERY_S:
            self._said = now
            if not self._say(self.received, self._doing):
                raise Unwanted
