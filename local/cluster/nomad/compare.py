"""How two canonical jobs differ: the same, in place or destructive, and as a plan shows it."""

from __future__ import annotations

from typing import Any

from local.cluster.nomad.spec import Spec

OURS = {
    "CreateIndex", "JobModifyIndex", "ModifyIndex", "Stable", "Status", "StatusDescription",
    "SubmitTime", "Version", "VersionTag", "NomadTokenID",
}  # fmt: skip
TASK_RESTARTS = (
    "Driver", "User", "Config", "Env", "Artifacts", "Vault", "Secrets", "Consul", "Templates",
    "CSIPluginConfig", "VolumeMounts", "Resources", "Identity", "Identities",
)  # fmt: skip
SINGULAR = {
    "Constraints": "Constraint", "Networks": "Network", "Services": "Service", "Checks": "Check",
    "Templates": "Template", "Artifacts": "Artifact", "DynamicPorts": "Dynamic Port",
    "ReservedPorts": "Static Port",
}  # fmt: skip
MAPS = {"Env", "Meta"}  # shown as fields of their owner


def unchanged(old: Spec, new: Spec) -> bool:
    """Whether registering `new` over `old` changes nothing."""
    return bool(_given(old) == _given(new))


def _given(job: Spec) -> Spec:
    found = {k: v for k, v in job.items() if k not in OURS}
    found["TaskGroups"] = [{**g, "Scaling": scaling(g)} for g in job["TaskGroups"]]
    return found


def scaling(group: Spec) -> Spec | None:
    """The group's scaling block without what the server adds."""
    block = group["Scaling"]
    added = ("ID", "CreateIndex", "ModifyIndex", "Target")
    return block and {k: v for k, v in block.items() if k not in added}


def destructive(old: Spec, new: Spec, name: str) -> bool:
    """Whether the group's instances must be replaced (Nomad's tasksUpdated)."""
    return bool(_restarting(old, name) != _restarting(new, name))


def _restarting(job: Spec, name: str) -> Any:
    group = find(job["TaskGroups"], name)
    if group is None:
        return None
    tasks = {task["Name"]: _task(job, group, task) for task in group["Tasks"]}
    networks = group["Networks"] or None
    renders = group["RestartPolicy"]["RenderTemplates"]
    return tasks, networks, renders, *(group[k] for k in ("EphemeralDisk", "Consul", "Volumes"))


def _task(job: Spec, group: Spec, task: Spec) -> Any:
    meta = {**(job["Meta"] or {}), **(group["Meta"] or {}), **(task["Meta"] or {})}
    kept = {k: task[k] or None for k in TASK_RESTARTS}
    return kept, meta, task["LogConfig"]["Disabled"], task["RestartPolicy"]["RenderTemplates"]


def find(items: list[Spec] | None, name: str) -> Spec | None:
    """The item of that Name."""
    return next((one for one in items or [] if one["Name"] == name), None)


def diff(old: Spec | None, new: Spec, updates: dict[str, Spec]) -> Spec:
    """The Diff of a plan. `updates`: the DesiredTGUpdates of each group."""
    hidden = {"TaskGroups", "ID", "Update"}
    head = _object(new["ID"], _visible(old or {}, hidden), _visible(new, hidden))
    groups = []
    for group in new["TaskGroups"]:
        before = find((old or {}).get("TaskGroups"), group["Name"])
        groups.append(_group_diff(before, group, updates.get(group["Name"], {})))
    gone = [
        g for g in (old or {}).get("TaskGroups") or [] if not find(new["TaskGroups"], g["Name"])
    ]
    groups += [_group_diff(g, None, updates.get(g["Name"], {})) for g in gone]
    kinds = {head["Type"], *(one["Type"] for one in groups)}
    kind = "Added" if old is None else "None" if kinds == {"None"} else "Edited"
    return {**head, "ID": new["ID"], "Name": new["ID"], "TaskGroups": groups, "Type": kind}


def _visible(job: Spec, hidden: set[str]) -> Spec:
    return {k: v for k, v in job.items() if k not in hidden | OURS}


def _group_diff(old: Spec | None, new: Spec | None, updates: Spec) -> Spec:
    before, after = ({**g, "Scaling": scaling(g)} if g else {} for g in (old, new))
    name = (new or old or {})["Name"]
    head = _object(name, _visible(before, {"Tasks"}), _visible(after, {"Tasks"}))
    names = [t["Name"] for t in [*(after.get("Tasks") or []), *(before.get("Tasks") or [])]]
    tasks = []
    for task in dict.fromkeys(names):
        pair = find(before.get("Tasks"), task), find(after.get("Tasks"), task)
        shown = _object(task, *(one or {} for one in pair))
        tasks.append({**shown, "Annotations": _annotations(shown["Type"], updates)})
    words = {
        "create": "Place", "create/destroy update": "DestructiveUpdate",
        "in-place update": "InPlaceUpdate", "destroy": "Stop", "ignore": "Ignore",
    }  # fmt: skip
    counts = {word: updates[key] for word, key in words.items() if updates.get(key)}
    kinds = {head["Type"], *(one["Type"] for one in tasks)}
    kind = "Added" if old is None else "Deleted" if new is None else "Edited"
    return {
        **head,
        "Tasks": tasks,
        "Updates": counts,
        "Type": "None" if kinds == {"None"} else kind,
    }


def _annotations(kind: str, updates: Spec) -> list[str] | None:
    if kind == "Edited" and updates.get("InPlaceUpdate"):
        return ["forces in-place update"]
    if kind == "Edited":
        return ["forces create/destroy update"]
    return {"Added": ["forces create"], "Deleted": ["forces destroy"]}.get(kind)


def _object(name: str, old: Spec, new: Spec) -> Spec:
    fields, objects = [], []
    for key in sorted({*old, *new} - {"Name"}):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if key in MAPS or (_plain(before) and _plain(after)):
            fields += _fields(key, before, after)
        else:
            objects += _objects(SINGULAR.get(key, key), before, after)
    kind = "Edited" if old and new else "Added" if new else "Deleted"
    return {
        "Fields": fields or None, "Name": name, "Objects": objects or None,
        "Type": kind if fields or objects else "None",
    }  # fmt: skip


def _plain(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _fields(key: str, before: Any, after: Any) -> list[Spec]:
    if key in MAPS:
        old, new = before or {}, after or {}
        pairs = {f"{key}[{k}]": (old.get(k), new.get(k)) for k in sorted({*old, *new})}
    else:
        pairs = {key: (before, after)}
    return [_field(name, *pair) for name, pair in pairs.items() if pair[0] != pair[1]]


def _field(name: str, before: Any, after: Any) -> Spec:
    old, new = (_text(one) for one in (before, after))
    kind = "Added" if before is None else "Deleted" if after is None else "Edited"
    return {"Annotations": None, "Name": name, "New": new, "Old": old, "Type": kind}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _objects(name: str, before: Any, after: Any) -> list[Spec]:
    if isinstance(before or after, dict):
        return [_object(name, before or {}, after or {})]
    old, new = before or [], after or []
    if all(isinstance(one, dict) for one in [*old, *new]):
        paired = [(old[i] if i < len(old) else {}, new[i] if i < len(new) else {})
                  for i in range(max(len(old), len(new)))]  # fmt: skip
        shown = [_object(name, *pair) for pair in paired]
        return [one for one in shown if one["Type"] != "None"]
    spread = [{f"{name}[{i}]": one for i, one in enumerate(items)} for items in (old, new)]
    return [_object(name, *spread)]
