"""What the jobs of RQ cost, from the lines that the workers wrote."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import mean


@dataclass(frozen=True)
class Spent:
    """A function's jobs: how many an interval, CPU seconds an interval, and seconds each took."""

    number: float
    cpu_s: float
    took_s: float


def spent(lines: Iterable[str], since: float, until: float, intervals: int) -> Mapping[str, Spent]:
    """Each function's jobs that ended in the time, by its name without the package."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for line in lines:
        row = json.loads(line)
        if since <= row["at"] < until:
            found[row["name"]].append((row["cpu_s"], row["at"] - row["began"]))
    return {
        ".".join(name.rsplit(".", 2)[-2:]): Spent(
            number=len(rows) / intervals,
            cpu_s=sum(cpu for cpu, _ in rows) / intervals,
            took_s=mean(took for _, took in rows),
        )
        for name, rows in sorted(found.items())
    }
