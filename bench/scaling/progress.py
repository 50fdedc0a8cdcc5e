"""How far a run of the benchmark is: a bar on a terminal, a line a task elsewhere."""

from __future__ import annotations

from typing import TextIO

WIDTH = 30


class Progress:
    """Counts tasks and says so on a stream."""

    def __init__(self, total: int, stream: TextIO) -> None:
        """`total` tasks are to be done."""
        self._total, self._stream, self._done = total, stream, 0

    def step(self, what: str, elapsed_s: float) -> None:
        """One more task is done."""
        self._done += 1
        self._stream.write(self._line(what, elapsed_s))
        self._stream.flush()

    def _line(self, what: str, elapsed_s: float) -> str:
        counted = f"{self._done}/{self._total}"
        if not self._stream.isatty():
            return f"{counted} {what}, after {elapsed_s:.0f} s\n"
        filled = WIDTH * self._done // self._total
        left_s = elapsed_s / self._done * (self._total - self._done)
        bar = "#" * filled + "." * (WIDTH - filled)
        end = "\n" if self._done == self._total else ""
        return f"\r\033[K[{bar}] {counted}, about {left_s:.0f} s left: {what}{end}"
