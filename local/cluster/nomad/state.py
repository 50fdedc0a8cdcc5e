"""What the stand-in for Nomad knows: one document, and the small changes that it is made of.

Pure: the time is an argument, ids follow from a seed. `jobs` and `schedule` build on this.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from local.cluster.nomad.spec import Spec, gathered
from local.cluster.web import Refusal

TABLES = ("jobs", "allocations", "evaluations", "variables", "namespaces", "nodes", "scaling")
TERMINAL = ("complete", "failed", "lost")
LARGEST_VARIABLE = 64 * 1024
KEPT_VERSIONS = 6


@dataclass(frozen=True)
class Node:
    """The one machine. `ports`: the range for dynamic ports, both ends included.

    `kernel` and `arch` are called as Go calls them.
    """

    id: str
    name: str
    cpu_mhz: int
    memory_mb: int
    cores: int
    ports: tuple[int, int]
    kernel: str = "linux"
    arch: str = "amd64"


@dataclass
class State:
    """The document and what is asked of the world: the machine, and whether a port is free."""

    node: Node
    document: Spec = field(default_factory=dict)
    port_is_free: Callable[[int], bool] = lambda port: True
    jobs: dict[str, Spec] = field(init=False)  # by `<namespace> <id>`
    allocations: dict[str, Spec] = field(init=False)  # by id, in the order of their creation
    evaluations: dict[str, Spec] = field(init=False)  # by id
    variables: dict[str, Spec] = field(init=False)  # by `<namespace> <path>`
    namespaces: dict[str, Spec] = field(init=False)  # by name
    versions: dict[str, Spec] = field(init=False)  # by version_key
    scaling: dict[str, list[Spec]] = field(
        init=False
    )  # by `<namespace> <id> <group>`, newest first

    def __post_init__(self) -> None:
        fresh: Spec = {name: {} for name in ("touched", "versions", *TABLES)}
        fresh |= {"index": 1, "ids": 0, "seed": self.node.id}
        self.document = {**fresh, **self.document}
        self.jobs = self.document["jobs"]
        self.allocations = self.document["allocations"]
        self.evaluations = self.document["evaluations"]
        self.variables = self.document["variables"]
        self.namespaces = self.document["namespaces"]
        self.versions = self.document["versions"]
        self.scaling = self.document["scaling"]
        shared = _namespace("default", "Default shared namespace", 1, 1)
        self.namespaces.setdefault("default", shared)

    def bump(self, *tables: str) -> int:
        """The next index, noted as the last one of these tables."""
        self.document["index"] += 1
        index: int = self.document["index"]
        self.document["touched"].update(dict.fromkeys(tables, index))
        return index

    def index(self, table: str = "") -> int:
        """The index of the table's last change; of any when no table is named."""
        last = self.document["touched"].get(table, 1) if table else self.document["index"]
        return int(last)

    def fresh_id(self) -> str:
        """A new UUID."""
        self.document["ids"] += 1
        return str(uuid.uuid5(uuid.UUID(self.document["seed"]), str(self.document["ids"])))

    def job(self, namespace: str, job_id: str) -> Spec | None:
        """The job as it stands."""
        return self.jobs.get(f"{namespace} {job_id}")

    def of_job(self, namespace: str, job_id: str) -> Iterator[Spec]:
        """The job's allocations, those of a purged job with its id too."""
        for alloc in self.allocations.values():
            if alloc["Namespace"] == namespace and alloc["JobID"] == job_id:
                yield alloc

    def job_of(self, alloc: Spec) -> Spec:
        """The version of the job that the allocation runs."""
        return self.versions[version_key(alloc, alloc["JobCreateIndex"], alloc["JobVersion"])]

    def keep_version(self, job: Spec) -> None:
        """Notes the job's version, and forgets those that are old and run nowhere."""
        key = version_key(job, job["CreateIndex"], job["Version"])
        self.versions[key] = job
        used = {
            version_key(a, a["JobCreateIndex"], a["JobVersion"]) for a in self.allocations.values()
        }
        mine = [k for k in self.versions if k.startswith(f"{job['Namespace']} {job['ID']} ")]
        for old in set(mine[:-KEPT_VERSIONS]) - used:
            del self.versions[old]

    def put_namespace(self, name: str, description: str) -> None:
        """Makes the namespace, or changes its description."""
        if not re.fullmatch(r"[a-zA-Z0-9-]{1,128}", name):
            raise Refusal(500, f'invalid name "{name}". Must match regex ^[a-zA-Z0-9-]{{1,128}}$')
        index = self.bump("namespaces")
        created = self.namespaces.get(name, {}).get("CreateIndex", index)
        self.namespaces[name] = _namespace(name, description, created, index)

    def delete_namespace(self, name: str) -> None:
        """Forgets an empty namespace; raises Refusal(500) for one that is in use."""
        if name == "default":
            raise Refusal(500, "default namespace can not be deleted")
        if name not in self.namespaces:
            raise Refusal(500, f"namespace {name!r} not found".replace("'", '"'))
        jobs = [j for j in self.jobs.values() if j["Namespace"] == name and j["Status"] != "dead"]
        allocs = [a for a in self.allocations.values() if a["Namespace"] == name and not ended(a)]
        held = [v for v in self.variables.values() if v["Namespace"] == name]
        kinds = {"non-terminal jobs in": jobs, "non-terminal allocations in": allocs}
        found = [f"has {kind} regions: [global]" for kind, rows in kinds.items() if rows]
        found += ["has variables associated with it in regions: [global]"] if held else []
        if found:
            raise Refusal(500, gathered([f'namespace "{name}" {one}' for one in found]))
        del self.namespaces[name]
        self.bump("namespaces")

    def put_variable(
        self, namespace: str, path: str, items: dict[str, str], cas: int | None, now: int
    ) -> tuple[bool, Spec]:
        """(True, the variable written), or (False, the one that stands there) on a stale `cas`."""
        if not re.fullmatch(r"[a-zA-Z0-9\-_~/]{1,128}", path):
            raise Refusal(400, f'RPC Error:: 400,invalid path "{path}"')
        if not items:
            raise Refusal(400, "variable missing required Items object")
        if sum(len(k.encode()) + len(v.encode()) for k, v in items.items()) > LARGEST_VARIABLE:
            raise Refusal(400, "RPC Error:: 400,variables are limited to 64KiB in total size")
        if namespace not in self.namespaces:
            raise Refusal(500, f'RPC Error:: 500,nonexistent namespace "{namespace}"')
        there = self.variables.get(f"{namespace} {path}")
        if cas is not None and cas != (there or {}).get("ModifyIndex", 0):
            return False, there or {"Namespace": namespace, "Path": path, "Items": None}
        index = self.bump("variables")
        self.variables[f"{namespace} {path}"] = {
            "CreateIndex": index, "CreateTime": now, **(there or {}), "Items": items,
            "ModifyIndex": index, "ModifyTime": now, "Namespace": namespace, "Path": path,
        }  # fmt: skip
        return True, self.variables[f"{namespace} {path}"]

    def delete_variable(self, namespace: str, path: str, cas: int | None) -> tuple[bool, Spec]:
        """(True, nothing), harmless for an unknown one; (False, the variable) on a stale `cas`."""
        there = self.variables.get(f"{namespace} {path}", {})
        if cas is not None and cas != there.get("ModifyIndex", 0):
            return False, there
        if self.variables.pop(f"{namespace} {path}", None):
            self.bump("variables")
        return True, {}


def version_key(owner: Spec, create_index: int, version: int) -> str:
    """Where the version of a job, or of an allocation's job, stands in `versions`."""
    return f"{owner['Namespace']} {owner.get('JobID') or owner['ID']} {create_index} {version}"


def ended(alloc: Spec) -> bool:
    """Whether the allocation's task is over for good."""
    return alloc["ClientStatus"] in TERMINAL


def wanted(alloc: Spec) -> bool:
    """Whether the allocation is to run and not over."""
    return alloc["DesiredStatus"] == "run" and not ended(alloc)


def alloc_index(alloc: Spec) -> int:
    """The number in the allocation's name."""
    return int(alloc["Name"].rpartition("[")[2].rstrip("]"))


def _namespace(name: str, description: str, created: int, modified: int) -> dict[str, Any]:
    unused = (
        "Capabilities", "ConsulConfiguration", "Meta", "NodePoolConfiguration",
        "OptionalExtraClaims", "RequiredExtraClaims", "VaultConfiguration",
    )  # fmt: skip
    told = {"Name": name, "Description": description, "Quota": "", "Hash": ""}
    return {**dict.fromkeys(unused), **told, "CreateIndex": created, "ModifyIndex": modified}
