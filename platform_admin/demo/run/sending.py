"""The requests of a phase: a process of their own, so that looking and writing delay none."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from typing import IO

from platform_admin.demo.load.connection import Target
from platform_admin.demo.load.send import GIVE_UP_S
from platform_admin.demo.load.shape import Stretch, seconds
from platform_admin.demo.load.tally import SLOT_S, Slot, share_over

MODULE = "platform_admin.demo.load"


@dataclass
class Sending:
    """A load under way; `slots` are what came of it so far, from `began` on."""

    shape: Sequence[Stretch]
    late_s: float
    process: subprocess.Popen[str]
    began: datetime
    reasons: dict[str, int] = field(default_factory=dict)
    done: bool = False
    _slots: dict[float, Slot] = field(default_factory=dict)
    _thread: threading.Thread | None = None

    @property
    def slots(self) -> list[Slot]:
        """In order."""
        known = self._slots
        return [known[at] for at in sorted(known)]

    def between(self, first_s: float, last_s: float) -> list[Slot]:
        """The slots of these seconds of the load."""
        return [slot for slot in self.slots if first_s <= slot.at < last_s]

    def late_share(self, now: datetime, seconds_: float) -> float | None:
        """The share of late requests of the last seconds of which it can be known now."""
        known = (now - self.began).total_seconds() - self.late_s - SLOT_S
        return share_over(self.between(known - seconds_, known))

    def late_at_end(self, seconds_: float) -> float | None:
        """The share of late requests of the shape's last seconds."""
        whole = seconds(self.shape)
        return share_over(self.between(whole - seconds_, whole + SLOT_S))

    def finish(self) -> None:
        """Nothing; every request was answered or given up."""
        try:
            self.process.wait(GIVE_UP_S + 15)
        except subprocess.TimeoutExpired:
            self.process.kill()
        if self._thread is not None:
            self._thread.join()
        if not self.done:
            raise RuntimeError(f"The load ended with code {self.process.wait()}, before its time.")

    def stop(self) -> None:
        """Nothing; no further request goes out, and nobody waits for an answer."""
        self.process.terminate()

    def read(self, lines: IO[str]) -> None:
        """Nothing; what the process writes is noted until it ends."""
        for line in lines:
            told = json.loads(line)
            # A new dict each time: another thread may be reading the old one.
            self._slots = {**self._slots, **{row[0]: Slot(*row) for row in told["slots"]}}
            self.reasons, self.done = told["reasons"], told["done"]


def start(target: Target, shape: Sequence[Stretch], late_s: float) -> Sending:
    """The load, on its way."""
    process = subprocess.Popen(
        [sys.executable, "-m", MODULE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    asked = {
        "target": astuple(target),
        "shape": [astuple(stretch) for stretch in shape],
        "late_s": late_s,
    }
    process.stdin.write(json.dumps(asked) + "\n")
    process.stdin.close()
    # The first line says when the first second began.
    first = json.loads(process.stdout.readline())
    began = datetime.fromtimestamp(first["began"], UTC)
    sending = Sending(shape, late_s, process, began)
    thread = threading.Thread(target=sending.read, args=(process.stdout,), daemon=True)
    sending._thread = thread
    thread.start()
    return sending
