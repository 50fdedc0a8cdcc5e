"""Which processes a launcher started, so that the next one finds what a killed one left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from local.launch.family import descendants, everybody, relative
from local.launch.state import write_private

KILLED_WITHIN_S = 5.0


@dataclass(frozen=True)
class Running:
    """A process: its number means it only together with the time at which it started.

    `on_stop` asks it to end, and it may take `within_s` for that.
    """

    name: str
    pid: int
    started: str
    on_stop: int
    within_s: float = 20.0


def identify(
    name: str, pid: int, on_stop: signal.Signals, within_s: float = Running.within_s
) -> Running:
    """The process as it can be found again."""
    return Running(name, pid, started(pid), int(on_stop), within_s)


def started(pid: int) -> str:
    """When the process started, in the system's own words; "" where there is none."""
    if Path("/proc/self/stat").exists():
        found = relative(pid)
        return found.started if found else ""
    shown = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()


def record(path: Path, processes: Iterable[Running]) -> None:
    """Nothing; the file names these processes, or those before them where the disk is full."""
    with suppress(OSError):
        write_private(path, json.dumps([asdict(process) for process in processes]))


def end_leftovers(path: Path, say: Callable[[str], None]) -> None:
    """Nothing; what a killed launcher left running is gone. Linux has mostly told them already.

    Who is frozen is woken, because it would not hear that it shall end. Who does not end in its
    time is killed, with all that descends from it.
    """
    left = [each for each in _read(path) if _lives(each) and each.pid != os.getpid()]
    if not left:
        return
    say("Ending what an earlier start left: " + ", ".join(process.name for process in left))
    family = [*left, *below(left)]
    for each in family:
        send(each, signal.SIGCONT)
    for each in left:
        send(each, each.on_stop)
    _wait_and_kill(family)


def below(roots: Iterable[Running]) -> list[Running]:
    """What descends from each, as it is now; it has the time that its root has."""
    among = everybody()
    return [
        Running(root.name, each.pid, each.started, root.on_stop, root.within_s)
        for root in roots
        for each in descendants([root.pid], among)
    ]


def _wait_and_kill(family: list[Running]) -> None:
    """Nothing; they have ended, or were killed when their time was over.

    What even that does not end, because the system holds it, is left after a moment.
    """
    began = time.monotonic()
    while left := [each for each in family if _lives(each)]:
        took = time.monotonic() - began
        if took > max(each.within_s for each in left) + KILLED_WITHIN_S:
            return
        late = [each for each in left if took > each.within_s]
        for each in [*late, *below(late)]:
            send(each, signal.SIGKILL)
        time.sleep(0.05)


def _read(path: Path) -> list[Running]:
    try:
        return [Running(**each) for each in json.loads(path.read_text())]
    except (OSError, ValueError, TypeError):
        return []


def _lives(process: Running) -> bool:
    return process.started != "" and started(process.pid) == process.started


def send(process: Running, number: int) -> None:
    """Nothing; the process got the signal, if it still lives."""
    if _lives(process):
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)
