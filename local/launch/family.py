"""Which processes descend from others, and how each is: what the system knows, read once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

GONE, STOPPED = "ZX", "T"


@dataclass(frozen=True)
class Relative:
    """A process: its parent, its state as one letter, and when it started in the system's words."""

    pid: int
    parent: int
    state: str
    started: str


def everybody(proc: Path = Path("/proc")) -> Mapping[int, Relative]:
    """Every living process by its number; none where the system has no /proc."""
    found = (relative(int(folder.name), proc) for folder in proc.glob("[0-9]*"))
    return {each.pid: each for each in found if each is not None}


def relative(pid: int, proc: Path = Path("/proc")) -> Relative | None:
    """The process; None where none has this number, or only its entry is left."""
    with suppress(OSError, ValueError, IndexError):
        fields = (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
        if fields[0] not in GONE:
            return Relative(pid, int(fields[1]), fields[0], fields[19])
    return None


def descendants(roots: Iterable[int], among: Mapping[int, Relative]) -> Iterator[Relative]:
    """Who descends from the roots, themselves not among them: children, then theirs."""
    children: dict[int, list[Relative]] = {}
    for each in among.values():
        children.setdefault(each.parent, []).append(each)
    ahead = list(roots)
    while ahead:
        for child in children.get(ahead.pop(), []):
            yield child
            ahead.append(child.pid)


def stopped(pid: int) -> bool:
    """Whether the process is frozen, as by SIGSTOP."""
    found = relative(pid)
    return found is not None and found.state == STOPPED
