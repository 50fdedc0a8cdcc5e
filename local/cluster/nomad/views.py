"""What the stand-in for Nomad shows: lists and single objects. Pure."""

from __future__ import annotations

from local.cluster.nomad import periodic
from local.cluster.nomad.spec import Spec
from local.cluster.nomad.state import Node, State

VERSION = "2.0.5"
OURS = {"JobCreateIndex", "Local", "RescheduleDelay", "WaitUntilNs"}
UNLISTED = {"AllocatedResources", "Metrics", "PreviousAllocation", "AllocModifyIndex"}
LISTED = (
    "CreateIndex", "Datacenters", "ID", "JobModifyIndex", "ModifyIndex", "Multiregion", "Name",
    "Namespace", "NodePool", "ParentID", "Priority", "Status", "StatusDescription", "Stop",
    "SubmitTime", "Type",
)  # fmt: skip
SUMMED = ("Complete", "Failed", "Lost", "Queued", "Running", "Starting", "Unknown")


def job_row(state: State, job: Spec, *, meta: bool) -> Spec:
    """The job as a list shows it."""
    row = {key: job[key] for key in LISTED} | {"ParameterizedJob": False}
    row["Periodic"] = job["Periodic"] is not None
    if meta and job["Meta"]:
        row["Meta"] = job["Meta"]
    return {**row, "JobSummary": _summary(state, job)}


def belongs(alloc: Spec, job: Spec) -> bool:
    """Whether the allocation is of this job, not of a purged one of the same id."""
    return bool(alloc["JobCreateIndex"] == job["CreateIndex"])


def _summary(state: State, job: Spec) -> Spec:
    groups = {}
    for group in job["TaskGroups"]:
        mine = [a for a in state.of_job(job["Namespace"], job["ID"])
                if a["TaskGroup"] == group["Name"] and belongs(a, job)]  # fmt: skip
        states = [a["ClientStatus"].replace("pending", "starting").capitalize() for a in mine]
        groups[group["Name"]] = {name: states.count(name) for name in SUMMED}
    return {
        "JobID": job["ID"], "Namespace": job["Namespace"], "Summary": groups,
        "Children": _children(state, job), "CreateIndex": job["CreateIndex"],
        "ModifyIndex": job["ModifyIndex"],
    }  # fmt: skip


def _children(state: State, job: Spec) -> Spec:
    states = [child["Status"] for child in periodic.children(state, job)]
    return {name: states.count(name.lower()) for name in ("Dead", "Pending", "Running")}


def allocation(state: State, alloc: Spec) -> Spec:
    """The allocation whole, with the version of the job that it runs."""
    return {**_public(alloc), "Job": dict(state.job_of(alloc))}


def allocation_row(alloc: Spec, *, task_states: bool = True, resources: bool = False) -> Spec:
    """The allocation as a list shows it."""
    hidden = UNLISTED - ({"AllocatedResources"} if resources else set())
    row = {k: v for k, v in _public(alloc).items() if k not in hidden}
    return row if task_states else {**row, "TaskStates": None}


def evaluation(found: Spec) -> Spec:
    """The evaluation as Nomad shows it."""
    return _public(found)


def _public(row: Spec) -> Spec:
    return {k: v for k, v in row.items() if k not in OURS}


def node(machine: Node, index: int, *, resources: bool) -> Spec:
    """The one node as a list shows it."""
    driver = {
        "Attributes": {"driver.raw_exec": "true"}, "Detected": True, "Healthy": True,
        "HealthDescription": "Healthy", "UpdateTime": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    row = {
        "Address": "127.0.0.1", "CreateIndex": 1, "Datacenter": "dc1", "Drain": False,
        "Drivers": {"raw_exec": driver}, "HostVolumes": {}, "ID": machine.id, "LastDrain": None,
        "ModifyIndex": index, "Name": machine.name, "NodeClass": "", "NodePool": "default",
        "SchedulingEligibility": "eligible", "Status": "ready", "StatusDescription": "",
        "Version": VERSION,
    }  # fmt: skip
    return {**row, **_resources(machine)} if resources else row


def _resources(machine: Node) -> Spec:
    cpu = {"CpuShares": machine.cpu_mhz, "TotalCpuCores": machine.cores}
    return {
        "NodeResources": {
            "Cpu": {**cpu, "ReservableCpuCores": list(range(machine.cores))}, "Devices": None,
            "Disk": {"DiskMB": 100_000}, "Memory": {"MemoryMB": machine.memory_mb},
            "MinDynamicPort": machine.ports[0], "MaxDynamicPort": machine.ports[1],
        },
        "ReservedResources": {
            "Cpu": {"CpuShares": 0, "ReservedCpuCores": None}, "Disk": {"DiskMB": 0},
            "Memory": {"MemoryMB": 0}, "Networks": {"ReservedHostPorts": ""},
        },
    }  # fmt: skip


def agent(machine: Node, max_kill: str) -> Spec:
    """What the agent says of itself."""
    return {
        "config": {
            "Client": {"Enabled": True, "MaxKillTimeout": max_kill}, "Datacenter": "dc1",
            "NodeName": machine.name, "Region": "global", "Version": {"Version": VERSION},
        },
        "member": {"Addr": "127.0.0.1", "Name": f"{machine.name}.global", "Status": "alive",
                   "Tags": {"build": VERSION, "dc": "dc1", "region": "global"}},
        "stats": {"client": {"node_id": machine.id}},
    }  # fmt: skip
