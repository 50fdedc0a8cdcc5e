"""An instance of a job, as Nomad lists it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobs.nomad.task import TaskState, read_task

_INDEX = re.compile(r"\[(\d+)\]$")
TERMINAL = frozenset({"complete", "failed", "lost"})


@dataclass(frozen=True)
class Allocation:
    """One instance.

    `index` is its ModifyIndex, `alloc_index` the number in its name. `ports` and `address` are
    known only from `allocations()`: Nomad's list of one job's allocations leaves them out.
    """

    id: str
    name: str
    namespace: str
    job_id: str
    job_version: int
    alloc_index: int
    node: str
    desired_status: str
    client_status: str
    description: str
    create_time_ns: int
    modify_time_ns: int
    ports: Mapping[str, int]
    address: str
    task: TaskState | None
    index: int

    @property
    def terminal(self) -> bool:
        """Whether its processes have ended, or are given up."""
        return self.client_status in TERMINAL

    @property
    def draining(self) -> bool:
        """Whether it was told to stop and has not ended; Nomad calls it "pending" then."""
        return self.desired_status != "run" and not self.terminal

    @property
    def running(self) -> bool:
        """Whether it runs and is meant to."""
        return self.desired_status == "run" and self.client_status == "running"


@dataclass(frozen=True)
class Listing:
    """The allocations as of the raft index `index`."""

    index: int
    items: tuple[Allocation, ...]


def read_allocation(body: Mapping[str, Any]) -> Allocation:
    """Return one entry of a list of allocations."""
    ports, address = _ports(body)
    return Allocation(
        id=body["ID"],
        name=body["Name"],
        namespace=body["Namespace"],
        job_id=body["JobID"],
        job_version=body["JobVersion"],
        alloc_index=_number(body["Name"]),
        node=body.get("NodeName") or "",
        desired_status=body["DesiredStatus"],
        client_status=body["ClientStatus"],
        description=body.get("ClientDescription") or body.get("DesiredDescription") or "",
        create_time_ns=body["CreateTime"],
        modify_time_ns=body["ModifyTime"],
        ports=ports,
        address=address,
        task=_task(body.get("TaskStates") or {}),
        index=body["ModifyIndex"],
    )


def _number(name: str) -> int:
    found = _INDEX.search(name)
    return int(found[1]) if found else 0


def _ports(body: Mapping[str, Any]) -> tuple[dict[str, int], str]:
    shared = (body.get("AllocatedResources") or {}).get("Shared") or {}
    ports = shared.get("Ports") or ()
    address = next((port.get("HostIP") or "" for port in ports), "")
    return {port["Label"]: port["Value"] for port in ports}, address


def _task(states: Mapping[str, Any]) -> TaskState | None:
    """Return the state of the task "main", else of the first one."""
    state = states.get("main") or next(iter(states.values()), None)
    return read_task(state) if state else None
