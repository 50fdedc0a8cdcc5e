"""`python -m platform_admin.demo.load`: sends one shape, in a process of its own.

It reads one line of JSON (target, shape, late_s), writes when it began (seconds since 1970), and
then a line a second with the slots that may have changed since; the last one says that it is done.
SIGTERM ends it.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from dataclasses import astuple

from platform_admin.demo.load.connection import Target
from platform_admin.demo.load.send import GIVE_UP_S, run
from platform_admin.demo.load.shape import Stretch
from platform_admin.demo.load.tally import SLOT_S, Tally

# Slots older than this do not change any more: every request in them has ended.
SETTLED = round((GIVE_UP_S + 5) / SLOT_S)


def main() -> None:
    """Nothing; everything was sent, and what came of it was written."""
    asked, stop = json.loads(sys.stdin.readline()), _Stop()
    signal.signal(signal.SIGTERM, stop.note)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    shape = [Stretch(*stretch) for stretch in asked["shape"]]
    tally = Tally(asked["late_s"])
    print(json.dumps({"began": time.time()}), flush=True)
    run(Target(*asked["target"]), shape, tally, tell=_write, going=lambda: not stop.asked)
    _write(tally, done=True)


class _Stop:
    asked = False

    def note(self, number: int, frame: object) -> None:
        self.asked = True


def _write(tally: Tally, done: bool = False) -> None:
    newest = len(tally.slots())
    slots = tally.slots(max(0, newest - SETTLED))
    line = {"done": done, "slots": [astuple(slot) for slot in slots], "reasons": tally.reasons}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
