"""What a request makes of the state: register, plan, scale, stop, and what a client reports.

Pure: each takes the state and the time, and returns the answer's body. Errors are Refusals with
Nomad's status and text.
"""

from __future__ import annotations

import copy
from typing import Any

from local.cluster.nomad import compare, constraints, periodic, schedule, spec
from local.cluster.nomad.spec import Spec
from local.cluster.nomad.state import State, ended, wanted
from local.cluster.web import Refusal

KEPT_EVENTS = 20
LARGEST_COUNT = 50_000
HOUR = spec.HOUR
JOB_GC = 4 * HOUR
KEPT_ENDED = 50  # as the client keeps them before it collects


def register(
    state: State, given: Spec, namespace: str, now: int, *, enforce: int | None = None,
    preserve_counts: bool = False,
) -> Spec:  # fmt: skip
    """Nomad's answer to a register. `enforce`: the JobModifyIndex that must stand there."""
    job = spec.canonical({**given, "Namespace": namespace})
    _check(state, job)
    there = state.job(namespace, job["ID"])
    if enforce is not None:
        _enforce(there, enforce)
    same = there is not None and compare.unchanged(there, job)
    if there is None or not same:
        _upsert(state, job, there, now, preserve_counts=preserve_counts)
    stored = state.jobs[f"{namespace} {job['ID']}"]
    modified = there["ModifyIndex"] if there and same else stored["JobModifyIndex"]
    if stored["Periodic"]:
        stored["Status"] = "running"
        periodic.track(state, stored, now)
        return _answer("", 0, modified, modified, spec.warnings(job))
    evaluation = schedule.evaluate(state, stored, "job-register", now)
    at = evaluation["CreateIndex"] if same else modified
    return _answer(evaluation["ID"], at, at, modified, spec.warnings(job))


def _check(state: State, job: Spec) -> None:
    found = [*constraints.errors(job), *spec.errors(job)]
    if wrong := periodic.errors(job):
        found.append(spec.gathered(wrong))
    if job["Periodic"] and job["Type"] != "batch":
        found.append('Periodic can only be used with "batch" or "sysbatch" scheduler')
    if job["Namespace"] not in state.namespaces:
        found.append(f'job "{job["ID"]}" is in nonexistent namespace "{job["Namespace"]}"')
    if found:
        raise Refusal(500, spec.gathered(found))


def _enforce(there: Spec | None, index: int) -> None:
    start = f"Enforcing job modify index {index}: job"
    if index == 0 and there is not None:
        raise Refusal(500, f"{start} already exists")
    if index and there is None:
        raise Refusal(500, f"{start} does not exist")
    if index and there is not None and there["JobModifyIndex"] != index:
        raise Refusal(
            500, f"{start} exists with conflicting job modify index: {there['JobModifyIndex']}"
        )


def _upsert(
    state: State, job: Spec, there: Spec | None, now: int, *, preserve_counts: bool = False
) -> None:
    index = state.bump("jobs")
    job |= {"CreateIndex": index, "JobModifyIndex": index, "ModifyIndex": index, "SubmitTime": now}
    job |= {"Status": "pending", "Version": 0}
    if there is not None:
        job |= {k: there[k] for k in ("CreateIndex", "Status")}
        job["Version"] = there["Version"] + 1
    for group in job["TaskGroups"]:
        before = compare.find((there or {}).get("TaskGroups"), group["Name"])
        if preserve_counts and before:
            group["Count"] = before["Count"]
        if group["Scaling"]:
            _identify(state, job, group, (before or {}).get("Scaling"), index)
    state.jobs[f"{job['Namespace']} {job['ID']}"] = job
    state.keep_version(job)


def _identify(state: State, job: Spec, group: Spec, before: Spec | None, index: int) -> None:
    target = {"Namespace": job["Namespace"], "Job": job["ID"], "Group": group["Name"]}
    known = before or {"ID": state.fresh_id(), "CreateIndex": index}
    kept = {k: known[k] for k in ("ID", "CreateIndex")}
    group["Scaling"] = {**group["Scaling"], **kept, "ModifyIndex": index, "Target": target}


def _answer(eval_id: str, created: int, index: int, modified: int, warnings: str = "") -> Spec:
    return {
        "EvalCreateIndex": created, "EvalID": eval_id, "Index": index, "JobModifyIndex": modified,
        "KnownLeader": False, "LastContact": 0, "NextToken": "", "Warnings": warnings,
    }  # fmt: skip


def plan(state: State, given: Spec, namespace: str, now: int) -> Spec:
    """Nomad's answer to a plan: what the register would do, done to a copy."""
    job = spec.canonical({**given, "Namespace": namespace})
    _check(state, job)
    there = state.job(namespace, job["ID"])
    trial = State(state.node, copy.deepcopy(state.document), state.port_is_free)
    if there is None or not compare.unchanged(there, job):
        _upsert(trial, copy.deepcopy(job), trial.job(namespace, job["ID"]), now)
    evaluation = schedule.evaluate(trial, job, "job-register", now)
    blocked = trial.evaluations.get(evaluation.get("BlockedEval", ""))
    updates = evaluation["PlanAnnotations"]["DesiredTGUpdates"]
    return {
        "Annotations": evaluation["PlanAnnotations"], "Diff": compare.diff(there, job, updates),
        "CreatedEvals": [blocked] if blocked else None,
        "FailedTGAllocs": evaluation.get("FailedTGAllocs"),
        "Index": (there or {}).get("JobModifyIndex", 0),
        "NextPeriodicLaunch": periodic.shown(job["Periodic"], now),
        "JobModifyIndex": (there or {}).get("JobModifyIndex", 0), "Warnings": spec.warnings(job),
    }  # fmt: skip


def scale(state: State, namespace: str, job_id: str, body: Spec, now: int) -> Spec:
    """Nomad's answer to a scale: a new version with another count, and a scaling event."""
    target, count = body.get("Target") or {}, body.get("Count")
    _check_scale(target, count, body, namespace, job_id)
    there = state.job(namespace, job_id)
    if there is None:
        raise Refusal(404, f'job "{job_id}" not found')
    job = copy.deepcopy(there)
    group = compare.find(job["TaskGroups"], target["Group"])
    if group is None:
        text = f'task group "{target["Group"]}" specified for scaling does not exist in job'
        raise Refusal(400, text)
    event = {
        "Count": count, "Error": bool(body.get("Error")), "EvalID": "", "Time": now,
        "Message": body.get("Message") or "", "Meta": body.get("Meta"),
        "PreviousCount": group["Count"],
    }  # fmt: skip
    created, modified = 0, there["JobModifyIndex"]
    if count is not None:
        _check_bounds(group, job, count)
        if body.get("JobModifyIndex"):
            _enforce(there, body["JobModifyIndex"])
        group["Count"] = count
        _upsert(state, job, there, now)
        evaluation = schedule.evaluate(state, job, "job-scaling", now)
        event["EvalID"], created = evaluation["ID"], evaluation["CreateIndex"]
        modified = job["JobModifyIndex"]
    event["CreateIndex"] = state.bump("scaling")
    events = state.scaling.setdefault(f"{namespace} {job_id} {group['Name']}", [])
    events[:] = [event, *events][:KEPT_EVENTS]
    answer = _answer(event["EvalID"], created, event["CreateIndex"], modified)
    return {**answer, "KnownLeader": True}


def _check_scale(target: Spec, count: Any, body: Spec, namespace: str, job_id: str) -> None:
    if target.get("Namespace", namespace) != namespace:
        raise Refusal(400, "namespace in payload did not match header")
    if target.get("Job", job_id) != job_id:
        raise Refusal(400, "job ID in payload did not match URL")
    if not target.get("Group"):
        raise Refusal(400, "missing task group name for scaling action")
    if count is not None and count < 0:
        raise Refusal(400, "scaling action count can't be negative")
    if count is not None and body.get("Error"):
        raise Refusal(400, "scaling action should not contain count if error is true")


def _check_bounds(group: Spec, job: Spec, count: int) -> None:
    bounds = group["Scaling"] or {"Min": 0, "Max": count}
    start = "group count was {} than scaling policy {}: {} {} {}"
    if count < bounds["Min"]:
        raise Refusal(400, start.format("less", "minimum", count, "<", bounds["Min"]))
    if count > bounds["Max"]:
        raise Refusal(400, start.format("greater", "maximum", count, ">", bounds["Max"]))
    total = sum(g["Count"] for g in job["TaskGroups"]) - group["Count"] + count
    if total > LARGEST_COUNT:
        text = "total count was greater than configured job_max_count"
        raise Refusal(500, f"{text}: {total} > {LARGEST_COUNT}")


def scale_status(state: State, job: Spec) -> Spec:
    """The answer to GET scale. JobModifyIndex is the ModifyIndex there, as in Nomad."""
    groups = {}
    for group in job["TaskGroups"]:
        placed = [
            a for a in state.of_job(job["Namespace"], job["ID"])
            if a["TaskGroup"] == group["Name"] and wanted(a)
        ]  # fmt: skip
        running = [a for a in placed if a["ClientStatus"] == "running"]
        events = state.scaling.get(f"{job['Namespace']} {job['ID']} {group['Name']}")
        groups[group["Name"]] = {
            "Desired": group["Count"], "Placed": len(placed), "Running": len(running), "Healthy": 0,
            "Unhealthy": 0, "Events": events,
        }  # fmt: skip
    return {
        "JobCreateIndex": job["CreateIndex"], "JobID": job["ID"], "JobStopped": job["Stop"],
        "JobModifyIndex": job["ModifyIndex"], "Namespace": job["Namespace"], "TaskGroups": groups,
    }  # fmt: skip


def deregister(state: State, namespace: str, job_id: str, now: int, *, purge: bool) -> Spec:
    """Nomad's answer to a stop; harmless, with an empty EvalID, for an unknown job."""
    job = state.job(namespace, job_id)
    volumes = {"VolumeEvalID": "", "VolumeEvalIndex": 0}
    periodic.forget(state, namespace, job_id)
    if job is None:
        return {**_answer("", 0, 0, 0), **volumes}
    if purge:
        del state.jobs[f"{namespace} {job_id}"]
        for group in job["TaskGroups"]:
            state.scaling.pop(f"{namespace} {job_id} {group['Name']}", None)
        index = state.bump("jobs")
    else:
        there, job = job, {**copy.deepcopy(job), "Stop": True}
        for group in job["TaskGroups"]:
            group["Scaling"] = group["Scaling"] and {**group["Scaling"], "Enabled": False}
        _upsert(state, job, there, now)
        index = job["JobModifyIndex"]
    if job["Periodic"]:
        job["Status"] = "dead"
        return {**_answer("", index, index, index), **volumes}
    evaluation = schedule.evaluate(state, job, "job-deregister", now)
    return {**_answer(evaluation["ID"], index, index, index), **volumes}


def stop_allocation(state: State, alloc: Spec, now: int) -> Spec:
    """The answer to an allocation's stop: another one takes its place."""
    alloc["DesiredTransition"] = {**alloc["DesiredTransition"], "Migrate": True}
    evaluation = schedule.evaluate(state, alloc, "alloc-stop", now)
    return {"EvalID": evaluation["ID"], "Index": evaluation["ModifyIndex"]}


DESCRIPTIONS = {
    "running": "Tasks are running", "pending": "No tasks have started", "failed": "Failed tasks",
    "complete": "All tasks have completed",
}  # fmt: skip


def report(state: State, alloc: Spec, task: str, task_state: Spec, now: int) -> None:
    """Takes in what the client says of the allocation's task."""
    status = task_state["State"]
    if status == "dead":
        status = "failed" if task_state["Failed"] else "complete"
    changed = alloc["ClientStatus"] != status
    alloc |= {"TaskStates": {task: task_state}, "ClientStatus": status}
    alloc |= {"ClientDescription": DESCRIPTIONS[status], "ModifyTime": now}
    alloc["ModifyIndex"] = state.bump("allocations")
    if not changed:
        return
    if status == "failed" and alloc["DesiredStatus"] == "run":
        schedule.follow_up(state, alloc, now)
    schedule.refresh_status(state, alloc["Namespace"], alloc["JobID"])
    if ended(alloc):
        schedule.unblock(state, now)


def collect(state: State, now: int) -> list[str]:
    """Forgets what nobody asks for any more; the ids of the allocations among it."""
    _collect_jobs(state, now)
    over = [a for a in state.allocations.values() if ended(a) and not _awaited(state, a)]
    over.sort(key=lambda a: a["ModifyTime"])
    gone = [a["ID"] for a in over[: max(0, len(over) - KEPT_ENDED)]]
    for alloc_id in gone:
        del state.allocations[alloc_id]
    if gone:
        state.bump("allocations")
    for evaluation in list(state.evaluations.values()):
        closed = evaluation["Status"] in ("complete", "canceled")
        if closed and evaluation["ModifyTime"] < now - HOUR:
            del state.evaluations[evaluation["ID"]]
    return gone


def _collect_jobs(state: State, now: int) -> None:
    """Batch jobs that are over go, with what is known of their instances."""
    for key, job in list(state.jobs.items()):
        over = job["Type"] == "batch" and job["Status"] == "dead" and not job["Periodic"]
        if over and job["SubmitTime"] < now - JOB_GC:
            del state.jobs[key]
            state.bump("jobs")


def _awaited(state: State, alloc: Spec) -> bool:
    """Whether the allocation still stands for an instance: a failed one before its replacement."""
    return (
        alloc["DesiredStatus"] == "run"
        and state.job(alloc["Namespace"], alloc["JobID"]) is not None
    )
