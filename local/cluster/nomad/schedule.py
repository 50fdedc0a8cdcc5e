"""What an evaluation makes of a job's allocations: stop, keep, replace, place. Pure."""

from __future__ import annotations

import itertools
from fnmatch import fnmatch
from typing import Any

from local.cluster.nomad import compare, constraints
from local.cluster.nomad.spec import Spec
from local.cluster.nomad.state import State, alloc_index, ended, wanted

NO_TRANSITION = dict.fromkeys(
    ("ForceReschedule", "Migrate", "MigrateDisablePlacement", "NoShutdownDelay", "Reschedule")
)
UPDATES = (
    "Canary", "DestructiveUpdate", "Disconnect", "Ignore", "InPlaceUpdate", "Migrate", "Place",
    "Preemptions", "Reconnect", "RescheduleLater", "RescheduleNow", "Stop",
)  # fmt: skip
DRIVERS = ("raw_exec",)


def new_evaluation(state: State, owner: Spec, trigger: str, now: int, **more: Any) -> Spec:
    """A pending evaluation of the job (or of an allocation's job), stored."""
    index = state.bump("evaluations")
    job_id = owner.get("JobID") or owner["ID"]
    found = {
        "ID": state.fresh_id(), "CreateIndex": index, "CreateTime": now, "JobID": job_id,
        "JobModifyIndex": (state.job(owner["Namespace"], job_id) or owner).get("JobModifyIndex", 0),
        "ModifyIndex": index, "ModifyTime": now, "Namespace": owner["Namespace"],
        "Priority": owner.get("Priority", 50), "SnapshotIndex": index, "Status": "pending",
        "TriggeredBy": trigger, "Type": owner.get("JobType") or owner["Type"], **more,
    }  # fmt: skip
    state.evaluations[found["ID"]] = found
    return found


def evaluate(state: State, owner: Spec, trigger: str, now: int) -> Spec:
    """The evaluation, complete: the job's allocations are what the job asks for, or blocked."""
    evaluation = new_evaluation(state, owner, trigger, now)
    settle(state, evaluation, now)
    return evaluation


def settle(state: State, evaluation: Spec, now: int) -> None:
    """Carries the evaluation out and closes it; what finds no room waits in a blocked one."""
    namespace, job_id = evaluation["Namespace"], evaluation["JobID"]
    job = state.job(namespace, job_id)
    groups = {group["Name"]: group for group in (job or {}).get("TaskGroups", [])}
    names = dict.fromkeys([*groups, *(a["TaskGroup"] for a in state.of_job(namespace, job_id))])
    updates, failures = {}, {}
    for name in names:
        round_ = _Round(state, job, name, groups.get(name), evaluation, now)
        updates[name] = round_.run()
        if round_.failed:
            failures[name] = round_.failed
    _close(state, evaluation, updates, failures, now)
    refresh_status(state, namespace, job_id)


def _close(state: State, evaluation: Spec, updates: Spec, failures: Spec, now: int) -> None:
    closing = f'evaluation "{evaluation["ID"]}" successful'
    for other in state.evaluations.values():
        if other["Status"] == "blocked" and other is not evaluation and _same(other, evaluation):
            other |= {"Status": "canceled", "StatusDescription": closing}
            other |= {"ModifyIndex": state.bump("evaluations"), "ModifyTime": now}
    if failures and evaluation["Status"] == "blocked":
        evaluation["FailedTGAllocs"] = failures
        return
    queued = {g: failures[g]["CoalescedFailures"] + 1 if g in failures else 0 for g in updates}
    evaluation |= {"Status": "complete", "QueuedAllocations": queued, "ModifyTime": now}
    evaluation["PlanAnnotations"] = {"DesiredTGUpdates": updates, "PreemptedAllocs": None}
    if failures:
        blocked = new_evaluation(
            state, evaluation, "queued-allocs", now, Status="blocked", FailedTGAllocs=failures,
            PreviousEval=evaluation["ID"],
            StatusDescription="created to place remaining allocations",
        )  # fmt: skip
        evaluation |= {"FailedTGAllocs": failures, "BlockedEval": blocked["ID"]}
    evaluation["ModifyIndex"] = state.bump("evaluations")


def _same(one: Spec, other: Spec) -> bool:
    return (one["Namespace"], one["JobID"]) == (other["Namespace"], other["JobID"])


def refresh_status(state: State, namespace: str, job_id: str) -> None:
    """Sets the job's Status by its allocations and evaluations."""
    job = state.job(namespace, job_id)
    if job is None:
        return
    waiting = any(
        e["Status"] in ("blocked", "pending")
        and (e["Namespace"], e["JobID"]) == (namespace, job_id)
        for e in state.evaluations.values()
    )
    running = any(wanted(alloc) for alloc in state.of_job(namespace, job_id))
    status = "running" if running else "pending" if waiting and not job["Stop"] else "dead"
    if job["Status"] != status:
        job |= {"Status": status, "ModifyIndex": state.bump("jobs")}


def due(state: State, now: int) -> list[Spec]:
    """The follow-up evaluations whose time has come."""
    waiting = (e for e in state.evaluations.values() if e["Status"] == "pending")
    return [e for e in waiting if e.get("WaitUntilNs", now) <= now]


def tick(state: State, now: int) -> None:
    """Carries out what is due."""
    for evaluation in due(state, now):
        settle(state, evaluation, now)


def unblock(state: State, now: int) -> None:
    """Tries again what found no room, the oldest first; call it when room has come."""
    for evaluation in list(state.evaluations.values()):
        if evaluation["Status"] == "blocked":
            settle(state, evaluation, now)


def follow_up(state: State, alloc: Spec, now: int) -> None:
    """Plans the replacement of a failed allocation, as the reschedule policy says."""
    policy = compare.find(state.job_of(alloc)["TaskGroups"], alloc["TaskGroup"])["ReschedulePolicy"]  # type: ignore[index]
    events = (alloc["RescheduleTracker"] or {"Events": []})["Events"]
    recent = [e for e in events if e["RescheduleTime"] > now - policy["Interval"]]
    if not policy["Unlimited"] and len(recent) >= policy["Attempts"]:
        return
    delay = _delay(policy, events, now)
    evaluation = new_evaluation(
        state, alloc, "alloc-failure", now, WaitUntilNs=now + delay,
        StatusDescription="created for delayed rescheduling",
    )  # fmt: skip
    alloc |= {"FollowupEvalID": evaluation["ID"], "RescheduleDelay": delay}


def _delay(policy: Spec, events: list[Spec], now: int) -> int:
    first, function = int(policy["Delay"]), policy["DelayFunction"]
    if not events or function == "constant":
        return first
    last = int(events[-1]["Delay"])
    before = int(events[-2]["Delay"]) if len(events) > 1 else 0
    delay = last * 2 if function == "exponential" else last + before
    if 0 < policy["MaxDelay"] < delay:
        calm = now - events[-1]["RescheduleTime"] > policy["MaxDelay"]
        return first if calm else int(policy["MaxDelay"])
    return delay


class _Round:
    """One evaluation's work on one group: `failed` says why instances found no room."""

    def __init__(
        self,
        state: State,
        job: Spec | None,
        name: str,
        group: Spec | None,
        evaluation: Spec,
        now: int,
    ) -> None:
        self.state, self.job, self.name, self.group = state, job, name, group
        self.evaluation, self.now = evaluation, now
        self.updates = dict.fromkeys(UPDATES, 0)
        self.leaving: set[str] = set()
        self.failed: Spec | None = None

    def run(self) -> Spec:
        """The DesiredTGUpdates, carried out."""
        active = self.job and self.group and not self.job["Stop"]
        count = self.group["Count"] if active and self.group else 0
        mine = self.state.of_job(self.evaluation["Namespace"], self.evaluation["JobID"])
        known = [a for a in mine if a["TaskGroup"] == self.name and self._counts(a)]
        known.sort(key=lambda a: (not _migrates(a), -alloc_index(a), -a["CreateIndex"]))
        surplus = max(0, len(known) - count)
        for alloc in known[:surplus]:
            self._stop(alloc, "alloc not needed due to job update")
        for alloc in known[surplus:]:
            self._keep(alloc)
        taken = {alloc_index(a) for a in known[surplus:]}
        free = (index for index in itertools.count() if index not in taken)
        for _ in range(count - len(known[surplus:])):
            self._place(next(free), None)
        return self.updates

    def _counts(self, alloc: Spec) -> bool:
        if alloc["DesiredStatus"] != "run" or alloc["NextAllocation"]:
            return False
        current = self.job and (
            (alloc["JobCreateIndex"], alloc["JobVersion"])
            == (self.job["CreateIndex"], self.job["Version"])
        )
        return not ended(alloc) or bool(current) or alloc["JobType"] == "service"

    def _stop(self, alloc: Spec, why: str) -> None:
        self.updates["Stop"] += 0 if ended(alloc) else 1
        self._leave(alloc, why)

    def _leave(self, alloc: Spec, why: str) -> None:
        self.leaving.add(alloc["ID"])
        alloc |= {"DesiredStatus": "stop", "DesiredDescription": why}
        self._touch(alloc)

    def _touch(self, alloc: Spec) -> None:
        index = self.state.bump("allocations")
        alloc |= {"ModifyIndex": index, "AllocModifyIndex": index, "ModifyTime": self.now}
        alloc["EvalID"] = self.evaluation["ID"]

    def _keep(self, alloc: Spec) -> None:
        assert self.job is not None
        if _migrates(alloc):
            self._replace(alloc, "Migrate", "alloc is being migrated")
        elif alloc["ClientStatus"] == "failed" and self._due(alloc):
            self._replace(alloc, "RescheduleNow", "alloc was rescheduled because it failed")
        elif not self._same_job(alloc) or self._destructive(alloc):
            self._replace(alloc, "DestructiveUpdate", "alloc is being updated due to job update")
        elif ended(alloc) or alloc["JobVersion"] == self.job["Version"]:
            self.updates["Ignore"] += 1
        else:
            self.updates["InPlaceUpdate"] += 1
            alloc["JobVersion"] = self.job["Version"]
            self._touch(alloc)

    def _same_job(self, alloc: Spec) -> bool:
        return bool(self.job and alloc["JobCreateIndex"] == self.job["CreateIndex"])

    def _destructive(self, alloc: Spec) -> bool:
        assert self.job is not None
        return compare.destructive(self.state.job_of(alloc), self.job, self.name)

    def _due(self, alloc: Spec) -> bool:
        follow_up = self.state.evaluations.get(alloc["FollowupEvalID"])
        return bool(follow_up and follow_up["WaitUntilNs"] <= self.now)

    def _replace(self, alloc: Spec, kind: str, why: str) -> None:
        self._leave(alloc, why)
        self.updates[kind] += 1
        self._place(alloc_index(alloc), alloc)

    def _place(self, index: int, previous: Spec | None) -> None:
        assert self.job is not None
        assert self.group is not None
        if previous is None:
            self.updates["Place"] += 1
        metrics = self._refused()
        ports = [] if metrics else self._ports()
        if metrics is None and ports is None:
            metrics = self._metrics(exhausted="network: port exhaustion or collision")
        if metrics is not None:
            known = self.failed or {**metrics, "CoalescedFailures": -1}
            self.failed = {**known, "CoalescedFailures": known["CoalescedFailures"] + 1}
            return
        fresh = _allocation(self.state, self.job, self.group, index, ports or [])
        fresh |= {"EvalID": self.evaluation["ID"], "CreateTime": self.now, "ModifyTime": self.now}
        fresh["Metrics"] = self._metrics()
        if previous is not None:
            previous["NextAllocation"], fresh["PreviousAllocation"] = fresh["ID"], previous["ID"]
            if previous["ClientStatus"] == "failed":
                fresh["RescheduleTracker"] = _tracker(previous, self.now)
        self.state.allocations[fresh["ID"]] = fresh

    def _refused(self) -> Spec | None:
        assert self.job is not None
        assert self.group is not None
        if not any(fnmatch("dc1", pattern) for pattern in self.job["Datacenters"]):
            return {**self._metrics(), "NodesAvailable": {}, "NodesEvaluated": 0}
        if any(task["Driver"] not in DRIVERS for task in self.group["Tasks"]):
            return self._metrics(filtered="missing drivers")
        if unmet := constraints.refused(self.job, self.group, self.state.node):
            return self._metrics(filtered=unmet)
        used = [size(a) for a in self.state.allocations.values() if self._occupies(a)]
        asked = group_size(self.group)
        room = {"cpu": self.state.node.cpu_mhz, "memory": self.state.node.memory_mb}
        for i, (dimension, there) in enumerate(room.items()):
            if sum(one[i] for one in used) + asked[i] > there:
                return self._metrics(exhausted=dimension)
        return None

    def _occupies(self, alloc: Spec) -> bool:
        return not ended(alloc) and alloc["ID"] not in self.leaving

    def _ports(self) -> list[Spec] | None:
        assert self.group is not None
        networks = self.group["Networks"] or []
        taken = {
            port["Value"]
            for alloc in self.state.allocations.values() if self._occupies(alloc)
            for port in alloc["AllocatedResources"]["Shared"]["Ports"]
        }  # fmt: skip
        found = []
        for port in [p for n in networks for p in n.get("ReservedPorts", [])]:
            if port["Value"] in taken:
                return None
            found.append({"HostIP": "127.0.0.1", "Label": port["Label"], "Value": port["Value"]})
        for port in [p for n in networks for p in n.get("DynamicPorts", [])]:
            value = self._free_port(taken | {one["Value"] for one in found})
            if value is None:
                return None
            found.append({"HostIP": "127.0.0.1", "Label": port["Label"], "Value": value})
        return found

    def _free_port(self, taken: set[int]) -> int | None:
        """The next one after the last that was given, so that a port rests before it returns."""
        low, high = self.state.node.ports
        size = high - low + 1
        last: int = self.state.document.get("port", low - 1)
        for step in range(1, size + 1):
            port = low + (last - low + step) % size
            if port not in taken and self.state.port_is_free(port):
                self.state.document["port"] = port
                return port
        return None

    def _metrics(self, filtered: str = "", exhausted: str = "") -> Spec:
        unused = ("ClassExhausted", "ClassFiltered", "QuotaExhausted", "ResourcesExhausted")
        return {
            **dict.fromkeys(unused), "AllocationTime": 0, "CoalescedFailures": 0,
            "ConstraintFiltered": {filtered: 1} if filtered else None,
            "DimensionExhausted": {exhausted: 1} if exhausted else None, "NodePool": "default",
            "NodesAvailable": {"dc1": 1}, "NodesEvaluated": 1, "NodesFiltered": int(filtered != ""),
            "NodesExhausted": int(exhausted != ""), "NodesInPool": 1, "ScoreMetaData": None,
            "Scores": None,
        }  # fmt: skip


def _migrates(alloc: Spec) -> bool:
    return bool(alloc["DesiredTransition"]["Migrate"])


def _tracker(previous: Spec, now: int) -> Spec:
    events = (previous["RescheduleTracker"] or {"Events": []})["Events"]
    event = {
        "RescheduleTime": now, "PrevAllocID": previous["ID"], "PrevNodeID": previous["NodeID"],
        "Delay": previous.get("RescheduleDelay", 0),
    }  # fmt: skip
    return {"Events": [*events, event][-5:], "LastReschedule": "ok"}


def group_size(group: Spec) -> tuple[int, int]:
    """(MHz, MB) that one instance of the group takes."""
    asked = [task["Resources"] for task in group["Tasks"]]
    return sum(r["CPU"] for r in asked), sum(r["MemoryMB"] for r in asked)


def size(alloc: Spec) -> tuple[int, int]:
    """(MHz, MB) that the allocation takes."""
    tasks = alloc["AllocatedResources"]["Tasks"].values()
    return (
        sum(t["Cpu"]["CpuShares"] for t in tasks),
        sum(t["Memory"]["MemoryMB"] for t in tasks),
    )


def _allocation(state: State, job: Spec, group: Spec, index: int, ports: list[Spec]) -> Spec:
    at = state.bump("allocations")
    tasks = {
        task["Name"]: {
            "Cpu": {"CpuShares": task["Resources"]["CPU"], "ReservedCores": None},
            "Memory": {"MemoryMB": task["Resources"]["MemoryMB"], "MemoryMaxMB": 0},
            "Devices": None, "Networks": None,
        } for task in group["Tasks"]
    }  # fmt: skip
    disk = group["EphemeralDisk"]["SizeMB"]
    return {
        "ID": state.fresh_id(), "Name": f"{job['ID']}.{group['Name']}[{index}]",
        "Namespace": job["Namespace"], "NodeID": state.node.id, "NodeName": state.node.name,
        "JobID": job["ID"], "JobType": job["Type"], "JobVersion": job["Version"],
        "JobCreateIndex": job["CreateIndex"], "TaskGroup": group["Name"],
        "AllocatedResources": {
            "Shared": {"DiskMB": disk, "Networks": None, "Ports": ports}, "Tasks": tasks,
            "TaskLifecycles": dict.fromkeys(tasks),
        },
        "ClientStatus": "pending", "ClientDescription": "", "DesiredStatus": "run",
        "DesiredDescription": "", "DesiredTransition": dict(NO_TRANSITION), "TaskStates": None,
        "DeploymentStatus": None, "FollowupEvalID": "", "PreviousAllocation": "",
        "NextAllocation": "", "RescheduleTracker": None, "PreemptedAllocations": None,
        "PreemptedByAllocation": "", "CreateIndex": at, "ModifyIndex": at, "AllocModifyIndex": at,
    }  # fmt: skip
