"""Periodic jobs: when they start a child, or would beside one that still runs. Pure."""

from __future__ import annotations

import copy
from datetime import UTC, datetime

from local.cluster.nomad import cron, schedule
from local.cluster.nomad.spec import SECOND, Spec
from local.cluster.nomad.state import State
from local.cluster.web import Refusal


def errors(job: Spec) -> list[str]:
    """What Nomad refuses in a canonical job's clock, in its words."""
    clock, found = job["Periodic"], []
    if not clock:
        return []
    if clock["SpecType"] != "cron":
        found.append(f'Unknown periodic specification type "{clock["SpecType"]}"')
    elif clock["Spec"] and clock["Specs"]:
        found.append("Only cron or crons may be used")
    elif not specs(clock):
        found.append("Must specify a spec")
    try:
        cron.zone(clock["TimeZone"])
        for one in specs(clock):
            cron.read(one)
    except cron.Unreadable as error:
        found.append(str(error))
    return found


def specs(clock: Spec) -> list[str]:
    """The expressions, of which each may start a run."""
    return list(clock["Specs"] or ([clock["Spec"]] if clock["Spec"] else []))


def following(clock: Spec, after: int) -> int | None:
    """When it next starts a run, in seconds since 1970; `after` in nanoseconds."""
    where = cron.zone(clock["TimeZone"])
    found = [cron.following(one, where, after // SECOND) for one in specs(clock)]
    return min((one for one in found if one is not None), default=None)


def shown(clock: Spec | None, now: int) -> str | None:
    """The next launch as a plan says it."""
    at = following(clock, now) if clock and clock["Enabled"] else None
    return datetime.fromtimestamp(at, UTC).isoformat() if at is not None else None


def track(state: State, job: Spec, now: int) -> None:
    """Notes when the job starts its next run; none where it is stopped or its clock is off."""
    key = f"{job['Namespace']} {job['ID']}"
    clock = job["Periodic"]
    launches = state.document.setdefault("launches", {})
    launches.pop(key, None)
    if clock and clock["Enabled"] and not job["Stop"]:
        launches[key] = following(clock, now)


def forget(state: State, namespace: str, job_id: str) -> None:
    """Starts no run of this job any more."""
    state.document.setdefault("launches", {}).pop(f"{namespace} {job_id}", None)


def due(state: State, now: int) -> list[Spec]:
    """The jobs that should start a run now."""
    launches = state.document.get("launches", {})
    return [
        state.jobs[key]
        for key, at in launches.items()
        if at is not None and at * SECOND <= now and key in state.jobs
    ]


def tick(state: State, now: int) -> None:
    """Starts what is due; one that was missed for long starts once."""
    for job in due(state, now):
        key = f"{job['Namespace']} {job['ID']}"
        at = state.document["launches"][key]
        if not (job["Periodic"]["ProhibitOverlap"] and _runs(state, job)):
            launch(state, job, at, now)
        track(state, job, now)


def force(state: State, namespace: str, job_id: str, now: int) -> Spec:
    """The answer to a forced run, which starts also beside another one."""
    job = state.job(namespace, job_id)
    if job is None:
        raise Refusal(500, "job not found")
    if f"{namespace} {job_id}" not in state.document.get("launches", {}):
        untracked = f'can\'t force run non-tracked job "{job_id}" ({namespace})'
        raise Refusal(500, f'force launch for job "{job_id}" failed: {untracked}')
    found = launch(state, job, now // SECOND, now)
    index = found["CreateIndex"]
    return {"EvalCreateIndex": index, "EvalID": found["ID"], "Index": index}


def launch(state: State, job: Spec, at: int, now: int) -> Spec:
    """The evaluation of the child that starts for this second."""
    name = f"{job['ID']}/periodic-{at}"
    child = {**copy.deepcopy(job), "ID": name, "Name": name, "ParentID": job["ID"]}
    index = state.bump("jobs")
    child |= {"Periodic": None, "Status": "pending", "Version": 0, "SubmitTime": now}
    child |= {"CreateIndex": index, "JobModifyIndex": index, "ModifyIndex": index}
    state.jobs[f"{job['Namespace']} {name}"] = child
    state.keep_version(child)
    return schedule.evaluate(state, child, "periodic-job", now)


def children(state: State, job: Spec) -> list[Spec]:
    """The runs of a periodic job that are still known."""
    return [
        one for one in state.jobs.values()
        if one["ParentID"] == job["ID"] and one["Namespace"] == job["Namespace"]
    ]  # fmt: skip


def _runs(state: State, job: Spec) -> bool:
    return any(one["Status"] != "dead" for one in children(state, job))
