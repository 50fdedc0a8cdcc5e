"""A machine that runs instances."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3}
_PART = re.compile(r"([\d.]+)(ms|h|m|s)")


@dataclass(frozen=True)
class Node:
    """A node, what it can give to instances, and the drivers that are healthy on it.

    `max_kill_timeout_s` is known only of the node of the agent that was asked.
    """

    id: str
    name: str
    status: str
    eligible: bool
    cpu_mhz: int
    memory_mb: int
    drivers: tuple[str, ...]
    max_kill_timeout_s: float | None


def read_node(body: Mapping[str, Any], agent: Mapping[str, Any]) -> Node:
    """Return one entry of `GET /v1/nodes?resources=true`; `agent` is `GET /v1/agent/self`."""
    whole, reserved = body.get("NodeResources") or {}, body.get("ReservedResources") or {}
    drivers = (body.get("Drivers") or {}).items()
    return Node(
        id=body["ID"],
        name=body["Name"],
        status=body["Status"],
        eligible=body["SchedulingEligibility"] == "eligible",
        cpu_mhz=_free(whole, reserved, "Cpu", "CpuShares"),
        memory_mb=_free(whole, reserved, "Memory", "MemoryMB"),
        drivers=tuple(sorted(name for name, driver in drivers if driver.get("Healthy"))),
        max_kill_timeout_s=_kill_timeout_s(body["ID"], agent),
    )


def _free(whole: Mapping[str, Any], reserved: Mapping[str, Any], part: str, key: str) -> int:
    return int((whole.get(part) or {}).get(key, 0)) - int((reserved.get(part) or {}).get(key, 0))


def _kill_timeout_s(node_id: str, agent: Mapping[str, Any]) -> float | None:
    if ((agent.get("stats") or {}).get("client") or {}).get("node_id") != node_id:
        return None
    text = ((agent.get("config") or {}).get("Client") or {}).get("MaxKillTimeout") or ""
    parts = _PART.findall(text)
    return sum(float(number) * _SECONDS[unit] for number, unit in parts) if parts else None
