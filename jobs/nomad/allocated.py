"""What instances take of their nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jobs.nomad.allocation import TERMINAL


@dataclass(frozen=True)
class Allocated:
    """What a node has given to instances that have not ended, whoever started them."""

    instances: int = 0
    cpu_mhz: int = 0
    memory_mb: int = 0


def read_allocated(bodies: Iterable[Mapping[str, Any]]) -> dict[str, Allocated]:
    """Return what is allocated by the node's id; `bodies`: `GET /v1/allocations?resources=true`.

    An instance that drains still has its place.
    """
    found: dict[str, Allocated] = {}
    for body in bodies:
        if body["ClientStatus"] in TERMINAL:
            continue
        so_far = found.get(body["NodeID"], Allocated())
        tasks = ((body.get("AllocatedResources") or {}).get("Tasks") or {}).values()
        found[body["NodeID"]] = Allocated(
            so_far.instances + 1,
            so_far.cpu_mhz + sum(_of(task, "Cpu", "CpuShares") for task in tasks),
            so_far.memory_mb + sum(_of(task, "Memory", "MemoryMB") for task in tasks),
        )
    return found


def _of(task: Mapping[str, Any], part: str, key: str) -> int:
    return int((task.get(part) or {}).get(key) or 0)
