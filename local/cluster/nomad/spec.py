"""The job as Nomad stores it: defaults filled in, unknown keys dropped, errors and warnings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Spec = dict[str, Any]
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
SHORTEST_INTERVAL = 5 * SECOND

# What Nomad fills in and gives back, block by block: no other key survives.
DEFAULTS: dict[str, Spec] = json.loads(Path(__file__).with_name("defaults.json").read_text())
NO_UPDATE = {k: "" if k == "HealthCheck" else type(v)() for k, v in DEFAULTS["update"].items()}
CLOCK = {
    "Enabled": True, "ProhibitOverlap": False, "Spec": "", "SpecType": "cron", "Specs": None,
    "TimeZone": "UTC",
}  # fmt: skip
CONSUL_VERSION = {
    "LTarget": "${attr.consul.version}", "Operand": "semver", "RTarget": ">= 1.8.0",
}  # fmt: skip


def canonical(given: Spec) -> Spec:
    """The job with every default that Nomad fills in, and without the keys that it drops."""
    job = fill(DEFAULTS["job"], given)
    job["Name"] = job["Name"] or job["ID"]
    job["Update"] = dict(NO_UPDATE)
    if given.get("Periodic"):
        job["Periodic"] = {**CLOCK, **{k: v for k, v in given["Periodic"].items() if k in CLOCK}}
    job["TaskGroups"] = [_group(group, given) for group in given.get("TaskGroups") or []]
    return job


def fill(template: Spec, given: Spec | None) -> Spec:
    """The template's keys with the given values; null and empty lists count as not given."""
    found = given or {}
    return {k: v if found.get(k) in (None, []) else found[k] for k, v in template.items()}


def _many(template: Spec, given: list[Spec] | None) -> list[Spec] | None:
    return [fill(template, one) for one in given or []] or None


def _group(given: Spec, job: Spec) -> Spec:
    kind = "batch" if job.get("Type") == "batch" else "service"
    group = fill(DEFAULTS["group"], given)
    scaling = given.get("Scaling")
    if given.get("Count") is None and scaling:
        group["Count"] = scaling.get("Min") or 1
    if scaling:
        group["Scaling"] = fill({**DEFAULTS["scaling"], "Min": group["Count"]}, scaling)
    disk = {"Migrate": False, "SizeMB": 300, "Sticky": False}
    group["EphemeralDisk"] = fill(disk, given.get("EphemeralDisk"))
    restart = {**DEFAULTS["restart"][kind], "Mode": "fail", "RenderTemplates": False}
    group["RestartPolicy"] = fill(restart, given.get("RestartPolicy"))
    group["ReschedulePolicy"] = fill(DEFAULTS["reschedule"][kind], given.get("ReschedulePolicy"))
    if kind == "service":
        merged = {**(job.get("Update") or {}), **(given.get("Update") or {})}
        group["Update"] = fill(DEFAULTS["update"], merged)
        group["Migrate"] = fill(DEFAULTS["migrate"], given.get("Migrate"))
    if given.get("Disconnect"):
        group["Disconnect"] = fill(DEFAULTS["disconnect"], given["Disconnect"])
    group["Networks"] = [_network(one) for one in given.get("Networks") or []] or None
    group["Services"] = [_service(one, "") for one in given.get("Services") or []] or None
    group["Tasks"] = [_task(task, group) for task in given.get("Tasks") or []]
    signals = sorted({task["KillSignal"] for task in group["Tasks"]} - {""})
    if signals:
        implied = {"LTarget": "${attr.os.signals}", "Operand": "set_contains"}
        implied["RTarget"] = ",".join(signals)
        group["Constraints"] = [*(group["Constraints"] or []), implied]
    return group


def _network(given: Spec) -> Spec:
    found: Spec = {"Mode": given.get("Mode") or "host"}
    for kind in ("DynamicPorts", "ReservedPorts"):
        if given.get(kind):
            found[kind] = [
                {"HostNetwork": "default", **{k: v for k, v in port.items() if v}}
                for port in given[kind]
            ]
    return found


def _task(given: Spec, group: Spec) -> Spec:
    task = fill(DEFAULTS["task"], given)
    task["Identity"] = fill(DEFAULTS["identity"], given.get("Identity"))
    task["Resources"] = fill(DEFAULTS["resources"], given.get("Resources"))
    logs = {"Disabled": False, "MaxFileSizeMB": 10, "MaxFiles": 10}
    task["LogConfig"] = fill(logs, given.get("LogConfig"))
    task["RestartPolicy"] = fill(group["RestartPolicy"], given.get("RestartPolicy"))
    task["Templates"] = _many(DEFAULTS["template"], given.get("Templates"))
    task["Artifacts"] = _many(DEFAULTS["artifact"], given.get("Artifacts"))
    task["Services"] = [_service(s, task["Name"]) for s in given.get("Services") or []] or None
    if task["Services"]:
        task["Constraints"] = [*(task["Constraints"] or []), CONSUL_VERSION]
    return task


def _service(given: Spec, task: str) -> Spec:
    service = fill(DEFAULTS["service"], given)
    service["TaskName"] = service["TaskName"] or task
    service["Checks"] = _many(DEFAULTS["check"], given.get("Checks"))
    for check in service["Checks"] or []:
        check["TaskName"] = check["TaskName"] or task
        check["Name"] = check["Name"] or f'service: "{service["Name"]}" check'
    return service


def errors(job: Spec) -> list[str]:
    """What Nomad refuses in a canonical job, in its words."""
    found = []
    if " " in job["ID"]:
        found.append("Job ID contains a space")
    if job["Type"] not in DEFAULTS["restart"]:
        found.append(f'the local cluster runs no jobs of type "{job["Type"]}"')
    if job["ParameterizedJob"]:
        found.append("the local cluster runs no parameterized jobs")
    if not job["TaskGroups"]:
        found.append("Missing job task groups")
    for group in job["TaskGroups"]:
        inner = [*_group_errors(group, job), *_scaling_errors(group)]
        for task in group["Tasks"]:
            if wrong := _task_errors(task, group):
                inner.append(f"Task {task['Name']} validation failed: {gathered(wrong)}")
        if inner:
            found.append(f"Task group {group['Name']} validation failed: {gathered(inner)}")
    return found


def _group_errors(group: Spec, job: Spec) -> list[str]:
    found = []
    if group["Count"] < 0:
        found.append("Task group count can't be negative")
    if not group["Tasks"]:
        found.append("Missing tasks for task group")
    if len(group["Tasks"]) > 1:
        found.append("the local cluster runs one task in a group")
    if group["MaxRunDuration"] and job["Type"] != "batch":
        found.append(f'Job type "{job["Type"]}" does not allow max_run_duration')
    if any(network["Mode"] != "host" for network in group["Networks"] or []):
        found.append("the local cluster has no network mode but host")
    restart = group["RestartPolicy"]
    attempts, interval, delay = (restart[key] for key in ("Attempts", "Interval", "Delay"))
    if interval < SHORTEST_INTERVAL:
        least = duration(SHORTEST_INTERVAL)
        found.append(f"Interval can not be less than {least} (got {duration(interval)})")
    elif attempts * delay > interval:
        found.append(
            f"Nomad can't restart the TaskGroup {attempts} times in an interval of"
            f" {duration(interval)} with a delay of {duration(delay)}"
        )
    parallel = (group["Update"] or {}).get("MaxParallel", 0)
    if parallel < 0:
        found.append(f"Max parallel can not be less than zero: {parallel} < 0")
    if parallel > 0 or (group["Update"] or {}).get("Canary", 0):
        found.append(
            "the local cluster makes no deployments: send Update {MaxParallel 0, Canary 0}"
        )
    return found


def _scaling_errors(group: Spec) -> list[str]:
    scaling, found = group["Scaling"], []
    if scaling and scaling["Max"] < group["Count"]:
        found.append("must not be greater than maximum")
    if scaling and scaling["Min"] > group["Count"]:
        found.append("must not be less than minimum")
    return [
        f"Scaling policy invalid: task group count {one} count in scaling policy" for one in found
    ]


def _task_errors(task: Spec, group: Spec) -> list[str]:
    found = []
    if not task["Driver"]:
        found.append("Missing task driver")
    deadline = (group["Update"] or {}).get("ProgressDeadline", 0)
    if 0 < deadline < task["KillTimeout"]:
        kill = duration(task["KillTimeout"])
        found.append(
            f"KillTimout ({kill}) longer than the group's ProgressDeadline ({duration(deadline)})"
        )
    memory, most = (task["Resources"][key] for key in ("MemoryMB", "MemoryMaxMB"))
    if most and most < memory:
        found.append(f"MemoryMaxMB value ({most}) should be larger than MemoryMB value ({memory})")
    logs, disk = task["LogConfig"], group["EphemeralDisk"]["SizeMB"]
    size = logs["MaxFiles"] * logs["MaxFileSizeMB"]
    if size >= disk and not logs["Disabled"]:
        found.append(
            f"log storage ({size} MB) must be less than requested disk capacity ({disk} MB)"
        )
    return found


def gathered(found: list[str]) -> str:
    """Several errors in one text, as Go's multierror prints them."""
    head = "1 error occurred:" if len(found) == 1 else f"{len(found)} errors occurred:"
    return head + "".join(f"\n\t* {one}" for one in found) + "\n\n"


def warnings(job: Spec) -> str:
    """What Nomad warns of in a canonical job; empty when nothing."""
    found = [
        f'task "{task["Name"]}" in group "{group["Name"]}" defines services,'
        " but has no shutdown_delay set"
        for group in job["TaskGroups"]
        for task in group["Tasks"]
        if task["Services"] and not task["ShutdownDelay"]
    ]
    if job["Periodic"] and job["Periodic"]["Spec"]:
        found.append("cron is deprecated and may be removed in a future release. Use crons instead")
    found += [
        f'Memory oversubscription is not enabled; Task "{group["Name"]}.{task["Name"]}" memory_max'
        " value will be ignored. Update the Scheduler Configuration to allow oversubscription."
        for group in job["TaskGroups"]
        for task in group["Tasks"]
        if task["Resources"]["MemoryMaxMB"]
    ]
    if not found:
        return ""
    head = "1 warning:" if len(found) == 1 else f"{len(found)} warnings:"
    return f"{head}\n\n" + "\n".join(f"* {one}" for one in found)


def duration(nanoseconds: int) -> str:
    """A duration as Go prints it: 30s, 1m0s, 1h0m0s, 500ms."""
    if nanoseconds < SECOND:
        return f"{nanoseconds / 1_000_000:g}ms" if nanoseconds else "0s"
    minutes, rest = divmod(nanoseconds, MINUTE)
    text = f"{rest // SECOND}{f'{rest % SECOND:09d}'.rstrip('0') and '.'}"
    text += f"{rest % SECOND:09d}".rstrip("0") + "s"
    hours, minutes = divmod(minutes, 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes or hours else "") + text
