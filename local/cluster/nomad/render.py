"""What a task gets to see: environment, interpolated values, rendered templates. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.cluster.nomad.spec import Spec
from local.cluster.nomad.state import alloc_index

IP = "127.0.0.1"


class Unrenderable(Exception):
    """A value that fails the task, in Nomad's words where it has some."""


def environment(alloc: Spec, job: Spec, group: Spec, task: Spec, folder: Path) -> dict[str, str]:
    """The NOMAD_* variables and the task's own Env, interpolated."""
    found = {
        "ALLOC_DIR": str(folder / "alloc"), "TASK_DIR": str(folder / task["Name"] / "local"),
        "SECRETS_DIR": str(folder / task["Name"] / "secrets"), "ALLOC_ID": alloc["ID"],
        "SHORT_ALLOC_ID": alloc["ID"][:8], "ALLOC_INDEX": str(alloc_index(alloc)),
        "ALLOC_NAME": alloc["Name"], "JOB_ID": job["ID"], "JOB_NAME": job["Name"],
        "GROUP_NAME": group["Name"], "TASK_NAME": task["Name"], "NAMESPACE": job["Namespace"],
        "REGION": job["Region"], "DC": "dc1", "CPU_LIMIT": str(task["Resources"]["CPU"]),
        "MEMORY_LIMIT": str(task["Resources"]["MemoryMB"]),
    }  # fmt: skip
    for label, port in ports(alloc).items():
        here = {"PORT": str(port), "IP": IP, "ADDR": f"{IP}:{port}"}
        found |= {f"{kind}_{label}": value for kind, value in here.items()}
        found |= {f"HOST_{kind}_{label}": value for kind, value in here.items()}
        found[f"ALLOC_PORT_{label}"] = str(port)
    for key, value in _meta(job, group, task).items():
        found |= {f"META_{key}": value, f"META_{key.upper()}": value}
    known = {f"NOMAD_{key}": value for key, value in found.items()}
    own = {key: interpolate(str(value), known) for key, value in (task["Env"] or {}).items()}
    return {**known, **own}


def _meta(*owners: Spec) -> dict[str, str]:
    merged: dict[str, str] = {}
    for owner in owners:
        merged |= owner["Meta"] or {}
    return merged


def ports(alloc: Spec) -> dict[str, int]:
    """The allocation's ports by label."""
    return {p["Label"]: p["Value"] for p in alloc["AllocatedResources"]["Shared"]["Ports"]}


def interpolate(text: str, known: Mapping[str, str]) -> str:
    """The text with each `${NAME}` that is known; all else is left alone, there is no escape."""
    return re.sub(r"\$\{([^}\s]+)\}", lambda found: _known(found, known), text)


def _known(found: re.Match[str], known: Mapping[str, str]) -> str:
    node = {"node.datacenter": "dc1", "node.region": "global", "node.unique.name": "local"}
    name = found[1].removeprefix("env.")
    return known.get(name) or node.get(name) or found[0]


def config(value: Any, known: Mapping[str, str]) -> Any:
    """The driver's Config as HCL reads it: `${NAME}` filled in, `$${` and `%%{` unescaped.

    Raises Unrenderable for any other expression: Nomad evaluates some, the stand-in none.
    """
    if isinstance(value, dict):
        return {key: config(one, known) for key, one in value.items()}
    if isinstance(value, list):
        return [config(one, known) for one in value]
    return _hcl(value, known) if isinstance(value, str) else value


def _hcl(text: str, known: Mapping[str, str]) -> str:
    def one(found: re.Match[str]) -> str:
        if found[0] in ("$${", "%%{"):
            return found[0][1:]
        name = (found[1] or "").strip()
        if name not in known or not found[0].endswith("}"):
            raise Unrenderable(f"failed to parse config: no plain variable: {found[0]}")
        return known[name]

    return re.sub(r"\$\$\{|%%\{|\$\{([^}]*)\}?|%\{[^}]*\}?", one, text)


TEMPLATE = re.compile(
    r'\{\{- with nomadVar "(?P<path>[^"]+)" \}\}\n'
    r"(?P<lines>(?:[A-Za-z_][\w./]*=\{\{ \.\w+\.Value \| toJSON \}\}\n)*)"
    r"\{\{- end \}\}\n?"
)
LINE = re.compile(r"(?P<name>[^=]+)=\{\{ \.(?P<key>\w+)\.Value \| toJSON \}\}")


def template_path(template: Spec) -> str:
    """The path of the variable that the template reads; raises Unrenderable for another form."""
    found = TEMPLATE.fullmatch(template["EmbeddedTmpl"])
    if not found:
        raise Unrenderable("Template failed: the local cluster does not know this form of template")
    asked = {"Envvars": True, "Once": True, "ChangeMode": "noop", "ErrMissingKey": True}
    for key, value in asked.items():
        if template[key] != value:
            raise Unrenderable(f"Template failed: the local cluster needs {key} {value}")
    return found["path"]


def template_values(template: Spec, items: Mapping[str, str]) -> dict[str, str]:
    """The environment that the template makes of the variable's items."""
    found = {}
    for number, line in enumerate(template["EmbeddedTmpl"].split("\n"), start=1):
        if not (part := LINE.fullmatch(line)):
            continue
        key = part["key"]
        if key not in items:
            where = f'template: :{number}:{line.index(".Value")}: executing "" at <.{key}.Value>'
            reason = f'map has no entry for key "{key}"'
            raise Unrenderable(f"Template failed: (dynamic): execute: {where}: {reason}")
        found[part["name"]] = items[key]
    return found


def env_file(values: Mapping[str, str]) -> str:
    """The values as the file that Nomad writes: one `KEY="json"` a line."""
    return "\n" + "".join(f"{key}={json.dumps(value)}\n" for key, value in values.items())
