"""Ctrl-C and SIGTERM: noted at once, acted upon where it is safe."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType


class Stopped(Exception):
    """The person asked to stop while something was still starting."""


class Stop:
    """Whether the end was asked for. A second request calls `hurry`."""

    def __init__(self, hurry: Callable[[], None]) -> None:
        self.asked = False
        self._hurry = hurry

    def listen(self) -> None:
        """Nothing; from now on signals are noted here. A closed terminal counts too."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def check(self) -> None:
        """Nothing; raises Stopped once the end was asked for."""
        if self.asked:
            raise Stopped

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            self._hurry()
        self.asked = True
