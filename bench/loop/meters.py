"""CPU of every part at a moment, and what a stretch of moments cost."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from bench.loop import proc
from bench.loop.cells import Cell
from bench.loop.servers import ROLES, Servers

LOOP = ("scale", "observer")
"""The loop's parts: sample and tick, and the observer. What it asks Nomad for is of `deploy`."""
POSTGRES = "postgres of "
REST = "postgres itself"


@dataclass(frozen=True)
class Reading:
    """CPU seconds that each part has used until `at` (seconds since 1970)."""

    at: float
    cpu_s: dict[str, float]


def read(servers: Servers, cell: Cell) -> Reading:
    """The parts now; backends of Postgres by the part that they work for."""
    found: dict[str, float] = defaultdict(float)
    for child in servers.running:
        seen = proc.stat(child.process.pid)
        if seen is not None and child.role != "postgres":
            found[child.role] += seen.cpu_s + seen.ended_s
    for part, spent in _postgres(servers, cell).items():
        found[part] += spent
    return Reading(time.time(), dict(found))


def _postgres(servers: Servers, cell: Cell) -> dict[str, float]:
    """CPU of the server: of backends by their application's name, all else as REST."""
    [postmaster] = [child.process.pid for child in servers.running if child.role == "postgres"]
    names = dict(cell.rows("SELECT pid, application_name FROM pg_stat_activity"))
    own = proc.stat(postmaster)
    found: dict[str, float] = defaultdict(float)
    found[REST] = own.cpu_s + own.ended_s if own is not None else 0.0
    for pid, seen in proc.children(postmaster).items():
        name = names.get(pid, "")
        found[POSTGRES + name if name in ROLES.values() else REST] += seen.cpu_s
    return found


@dataclass(frozen=True)
class Cost:
    """CPU seconds an interval: of the loop with its backends (median), of each part (mean)."""

    loop_s: float
    parts_s: dict[str, float]

    @property
    def all_s(self) -> float:
        """Of everything that is Muster's or a server of it."""
        return sum(spent for part, spent in self.parts_s.items() if part not in PLAYED)


PLAYED = ("standin", "queues")
"""What only plays the cluster and the apps."""


def cost(readings: Sequence[Reading]) -> Cost:
    """What the intervals between the readings cost."""
    steps = [
        {part: spent - before.cpu_s.get(part, 0.0) for part, spent in after.cpu_s.items()}
        for before, after in pairwise(readings)
    ]
    parts = sorted({part for step in steps for part in step})
    loop = [*LOOP, *(POSTGRES + part for part in LOOP)]
    return Cost(
        loop_s=median(sum(step.get(part, 0.0) for part in loop) for step in steps),
        parts_s={part: sum(step.get(part, 0.0) for step in steps) / len(steps) for part in parts},
    )


def memory_mb(servers: Servers) -> tuple[float, float]:
    """Of Muster's processes (what they share counted for each), and of Postgres (counted once)."""
    muster = [c.process.pid for c in servers.running if c.role in ROLES.values()]
    [postmaster] = [c.process.pid for c in servers.running if c.role == "postgres"]
    return proc.rss_mb(muster), proc.own_mb([postmaster, *proc.children(postmaster)])
