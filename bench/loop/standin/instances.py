"""Instances that are no processes, as Nomad and Consul list them; each rendered when it changes."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

NODE = "node-1"
ADDRESS = "127.0.0.1"
_EVENT = {
    "Details": {}, "DiskLimit": 0, "DisplayMessage": "", "DownloadError": "", "DriverError": "",
    "DriverMessage": "", "ExitCode": 0, "FailedSibling": "", "FailsTask": False,
    "GenericSource": "", "KillError": "", "KillReason": "", "KillTimeout": 0, "Message": "",
    "RestartReason": "", "SetupError": "", "Signal": 0, "StartDelay": 0, "TaskSignal": "",
    "TaskSignalReason": "", "Time": 0, "Type": "", "ValidationError": "", "VaultError": "",
}  # fmt: skip
_TEXTS = {
    "Received": "Task received by client",
    "Task Setup": "Building Task Directory",
    "Started": "Task started by client",
    "Killing": "Sent interrupt. Waiting 30s before force killing",
    "Terminated": "Exit Code: 0",
}


@dataclass
class Instance:
    """One allocation: `state` is pending, running, draining or complete."""

    namespace: str
    job: str
    number: int
    port: int | None
    index: int
    state: str = "pending"
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    events: list[tuple[str, float]] = field(default_factory=list)

    def note(self, kind: str, at: float) -> None:
        """Something happened to its task."""
        self.events.append((kind, at))

    def allocation(self) -> bytes:
        """As Nomad's list of allocations has it, with resources and task states."""
        return json.dumps(_allocation(self), separators=(",", ":")).encode()

    def stub(self) -> bytes:
        """The same without them."""
        row = {k: v for k, v in _allocation(self).items() if k != "AllocatedResources"}
        return json.dumps({**row, "TaskStates": None}, separators=(",", ":")).encode()

    def check(self, name: str, *, passing: bool) -> bytes:
        """As Consul's list of checks has that of its entry of this name."""
        entry = f"_nomad-task-{self.id}-main-{name}-http"
        row: dict[str, Any] = {
            "Node": NODE, "CheckID": f"_nomad-check-{entry}", "Name": "http",
            "Status": "passing" if passing else "critical", "Notes": "",
            "Output": f"HTTP GET http://{ADDRESS}:{self.port}/healthz: 200 OK Output: ok",
            "ServiceID": entry, "ServiceName": name, "Type": "http",
            "ServiceTags": ["traefik.enable=true", "traefik.http.services.strategy=p2c"],
            "Definition": {}, "CreateIndex": self.index, "ModifyIndex": self.index,
        }  # fmt: skip
        return json.dumps(row, separators=(",", ":")).encode()


def _allocation(one: Instance) -> dict[str, Any]:
    wanted = "run" if one.state in ("pending", "running") else "stop"
    # Nomad calls an instance "pending" that was told to stop and has not ended.
    status = {"draining": "pending"}.get(one.state, one.state)
    ports = [{"Label": "http", "Value": one.port, "To": 0, "HostIP": ADDRESS}] if one.port else []
    task = {
        "Cpu": {"CpuShares": 100, "ReservedCores": None}, "Devices": None, "Networks": None,
        "Memory": {"MemoryMB": 128, "MemoryMaxMB": 0},
    }  # fmt: skip
    changed = int(one.events[-1][1] * 1e9) if one.events else 0
    return {
        "ID": one.id, "EvalID": one.id, "Name": f"{one.job}.main[{one.number}]",
        "Namespace": one.namespace, "NodeID": "0" * 36, "NodeName": NODE, "JobID": one.job,
        "JobType": "service", "JobVersion": 0, "TaskGroup": "main",
        "AllocatedResources": {
            "Shared": {"DiskMB": 300, "Networks": None, "Ports": ports}, "Tasks": {"main": task},
            "TaskLifecycles": {"main": None},
        },
        "ClientStatus": status, "ClientDescription": "", "DesiredStatus": wanted,
        "DesiredDescription": "", "DesiredTransition": {}, "DeploymentStatus": None,
        "FollowupEvalID": "", "NextAllocation": "", "RescheduleTracker": None,
        "PreemptedAllocations": None, "PreemptedByAllocation": "", "CreateIndex": one.index,
        "ModifyIndex": one.index, "TaskStates": {"main": _task(one)},
        "CreateTime": int(one.events[0][1] * 1e9) if one.events else 0, "ModifyTime": changed,
    }  # fmt: skip


def _task(one: Instance) -> dict[str, Any]:
    times = dict(one.events)
    states = {"pending": "pending", "complete": "dead"}
    return {
        "State": states.get(one.state, "running"), "Failed": False, "Restarts": 0, "Paused": "",
        "LastRestart": None, "StartedAt": _moment(times.get("Started")), "TaskHandle": None,
        "FinishedAt": _moment(times.get("Terminated")),
        "Events": [
            {**_EVENT, "Type": kind, "DisplayMessage": _TEXTS[kind], "Time": int(at * 1e9)}
            for kind, at in one.events
        ],
    }  # fmt: skip


def _moment(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat()
