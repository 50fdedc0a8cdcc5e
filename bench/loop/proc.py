"""What Linux says of processes: CPU, memory and children, from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Stat:
    """A process: CPU seconds of its own and of children that ended and were waited for, and MB."""

    parent: int
    cpu_s: float
    ended_s: float
    rss_mb: float


def parse(text: str) -> Stat:
    """A line of /proc/<pid>/stat; the name in it may hold spaces and brackets. See proc(5)."""
    fields = text.rpartition(")")[2].split()
    own, ended = (sum(map(int, fields[at : at + 2])) / TICKS_A_SECOND for at in (11, 13))
    return Stat(int(fields[1]), own, ended, int(fields[21]) * PAGE_BYTES / 1e6)


def stat(pid: int) -> Stat | None:
    """The process as it is now, None where it has ended."""
    try:
        return parse((PROC / str(pid) / "stat").read_text())
    except (OSError, IndexError):
        return None


def children(pid: int) -> dict[int, Stat]:
    """The children of a process that run now."""
    found = ((each, stat(each)) for each in _all())
    return {each: seen for each, seen in found if seen is not None and seen.parent == pid}


def rss_mb(pids: Iterable[int]) -> float:
    """The memory of these processes in MB; what they share is counted for each."""
    return sum(seen.rss_mb for pid in pids if (seen := stat(pid)) is not None)


def own_mb(pids: Iterable[int]) -> float:
    """The memory of these processes in MB; of what they share each has its part (PSS)."""
    return sum(_pss_mb(pid) for pid in pids)


def _pss_mb(pid: int) -> float:
    try:
        text = (PROC / str(pid) / "smaps_rollup").read_text()
    except OSError:  # another user's
        return rss_mb([pid])
    return pss_mb(text)


def pss_mb(text: str) -> float:
    """The proportional set size of /proc/<pid>/smaps_rollup in MB."""
    line = next(line for line in text.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) * 1024 / 1e6


def _all() -> Iterator[int]:
    return (int(path.name) for path in PROC.iterdir() if path.name.isdecimal())
