"""What the person who starts Muster reads: a line a stage with its seconds, and the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

WIDTH = 26


@dataclass
class Show:
    """The terminal, and whether a line on it is still open."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    _open: bool = False

    @contextmanager
    def stage(self, title: str) -> Iterator[None]:
        """Around a stage: its title before, its seconds after it."""
        began = time.monotonic()
        self._write(f"{title:<{WIDTH}}")
        self._open = True
        yield
        took = f"{time.monotonic() - began:6.1f} s\n"
        self._write(took if self._open else f"{'':<{WIDTH}}{took}")
        self._open = False

    def say(self, text: str) -> None:
        """Nothing; the text stands on lines of its own."""
        self._write("\n" * self._open + text + "\n")
        self._open = False

    def _write(self, text: str) -> None:
        try:
            self.out.write(text)
            self.out.flush()
        except OSError:  # the terminal is gone: what runs goes on, and still has to be ended
            self._open = False


def ending(url: str, people: str, example: str, logs: str) -> str:
    """The block at the end of a start."""
    line = "-" * 72
    parts = (
        f"Muster is ready: {url}",
        *_listed("Sign in as (name, password):", people),
        *_listed("The example app answers at:", example),
        f"Logs: {logs}",
        "Stop everything with Ctrl-C.",
    )
    return "\n".join([line, *parts, line])


def _listed(title: str, text: str) -> list[str]:
    lines = [f"  {line}" for line in text.splitlines() if line.strip()]
    return [title, *lines] if lines else []
