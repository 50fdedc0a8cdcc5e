"""Hurting the parts of a Muster that runs: killed, frozen, emptied, or left without a disk."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from tests.e2e.muster import Muster, until

FROZEN_S = 20.0
# What a part keeps, below the state folder; a file beside it that the launcher wrote stays.
KEEPS: Mapping[str, str] = {
    "nomad_api": "cluster/nomad",
    "consul_api": "cluster/consul",
    "valkey": "valkey/appendonlydir",
}
Parts = Sequence[str]


def kill(muster: Muster, parts: Parts) -> None:
    """Nothing, once the launcher has started again what SIGKILL ended."""
    before = muster.pids()
    _send(signal.SIGKILL, [before[part] for part in parts])
    _started_again(muster, before, parts)


def freeze(muster: Muster, parts: Parts) -> None:
    """Nothing, after the time for which these stood still with all that they had started."""
    pids = muster.pids()
    frozen = [each for part in parts for each in _family(pids[part])]
    _send(signal.SIGSTOP, frozen)
    try:
        time.sleep(FROZEN_S)
    finally:
        _send(signal.SIGCONT, frozen)


def empty(muster: Muster, parts: Parts) -> None:
    """Nothing, once they run again and find nothing of what they kept."""
    before, launcher = muster.pids(), muster.launcher.process.pid
    _send(signal.SIGSTOP, [launcher])
    try:
        _send(signal.SIGKILL, [before[part] for part in parts])
        for part in parts:
            _clear(muster.launcher.state / KEEPS[part])
    finally:
        _send(signal.SIGCONT, [launcher])
    _started_again(muster, before, parts)


def fill(muster: Muster, parts: Parts) -> None:
    """Nothing, once these ran for a time with logs that took nothing, as on a full disk."""
    logs = {part: muster.launcher.state / "logs" / f"{part}.log" for part in parts}
    for log in logs.values():
        log.replace(log.with_suffix(".kept"))
        log.symlink_to("/dev/full")
    try:
        kill(muster, parts)
        time.sleep(FROZEN_S)
    finally:
        for log in logs.values():
            log.unlink()
            log.with_suffix(".kept").replace(log)
    kill(muster, parts)


HOW: Mapping[str, Callable[[Muster, Parts], None]] = {
    "kill": kill,
    "freeze": freeze,
    "empty": empty,
    "full": fill,
}


def _started_again(muster: Muster, before: Mapping[str, int], parts: Parts) -> None:
    until(lambda: all(muster.pids()[part] != before[part] for part in parts), 60, muster.logs)


def _clear(folder: Path) -> None:
    """Nothing; the folder stands there empty, as whoever keeps it expects to find it."""
    shutil.rmtree(folder)
    folder.mkdir()


def _send(number: signal.Signals, pids: Iterable[int]) -> None:
    for pid in pids:
        os.kill(pid, number)


def _family(pid: int) -> list[int]:
    """A process and all that come from it; the parents first, so that none starts another."""
    children = [int(each) for each in _children(pid)]
    return [pid, *(each for child in children for each in _family(child))]


def _children(pid: int) -> list[str]:
    tasks = Path("/proc", str(pid), "task").glob("*/children")
    return [child for task in tasks for child in task.read_text().split()]
