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

from local.launch.state import write_private


@dataclass(frozen=True)
class Running:
    """A process: its number means it only together with the time at which it started."""

    name: str
    pid: int
    started: str
    on_stop: int


def identify(name: str, pid: int, on_stop: signal.Signals) -> Running:
    """The process as it can be found again."""
    return Running(name, pid, started(pid), int(on_stop))


def started(pid: int) -> str:
    """When the process started, in the system's own words; "" where there is none."""
    if Path("/proc/self/stat").exists():
        try:
            fields = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] in "ZX" else fields[19]
    shown = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()


def record(path: Path, processes: Iterable[Running]) -> None:
    """Nothing; the file names these processes, or those before them where the disk is full."""
    with suppress(OSError):
        write_private(path, json.dumps([asdict(process) for process in processes]))


def end_leftovers(path: Path, say: Callable[[str], None], within_s: float = 20) -> None:
    """Nothing; what a killed launcher left running is gone. Linux has mostly told them already."""
    left = [process for process in _read(path) if _lives(process)]
    if not left:
        return
    say("Ending what an earlier start left: " + ", ".join(process.name for process in left))
    for process in left:
        _send(process, process.on_stop)
    if not _gone(left, within_s):
        for process in left:
            _send(process, signal.SIGKILL)
        _gone(left, 5)


def _read(path: Path) -> list[Running]:
    try:
        return [Running(**each) for each in json.loads(path.read_text())]
    except (OSError, ValueError, TypeError):
        return []


def _lives(process: Running) -> bool:
    return process.started != "" and started(process.pid) == process.started


def _send(process: Running, number: int) -> None:
    if _lives(process):
        os.kill(process.pid, number)


def _gone(processes: list[Running], within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while any(_lives(process) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
