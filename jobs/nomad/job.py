"""A job as Nomad keeps it, and the answers to registering, planning and scaling one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jobs.nomad.edits import edits
from jobs.nomad.placement import PlacementFailure, failures

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Job:
    """A registered job. `count` is the first group's; `spec` is all that Nomad stores."""

    id: str
    namespace: str
    type: str
    status: str
    stopped: bool
    version: int
    job_modify_index: int
    count: int
    spec: Json = field(repr=False)


@dataclass(frozen=True)
class Registered:
    """Nomad took a job. An unchanged one keeps its old `job_modify_index`."""

    eval_id: str
    job_modify_index: int
    warnings: str


@dataclass(frozen=True)
class Plan:
    """What Nomad would do, in instances of all groups together, and what it could not place.

    `edits` are the fields that differ from the job that stands there: without any the job is the
    same, though its instances count as updated in place. `warnings` is Nomad's own text.
    """

    in_place: int
    destructive: int
    placed: int
    stopped: int
    failures: tuple[PlacementFailure, ...]
    diff: Json = field(repr=False)
    warnings: str = ""

    @property
    def edits(self) -> tuple[str, ...]:
        return edits(self.diff)


@dataclass(frozen=True)
class Scaled:
    """Nomad took a count. `job_modify_index` is the job's from now on."""

    job_modify_index: int
    eval_id: str


def read_job(body: Json) -> Job:
    """Return the job of `GET /v1/job/:id`."""
    groups = body.get("TaskGroups") or [{}]
    return Job(
        id=body["ID"],
        namespace=body["Namespace"],
        type=body["Type"],
        status=body["Status"],
        stopped=bool(body.get("Stop")),
        version=body["Version"],
        job_modify_index=body["JobModifyIndex"],
        count=groups[0].get("Count") or 0,
        spec=body,
    )


def read_registered(body: Json) -> Registered:
    """Return the answer to a registration."""
    return Registered(body["EvalID"], body["JobModifyIndex"], body.get("Warnings") or "")


def read_scaled(body: Json) -> Scaled:
    """Return the answer to a scaling."""
    return Scaled(body["JobModifyIndex"], body["EvalID"])


def read_plan(body: Json) -> Plan:
    """Return the plan; its counts are summed over the groups."""
    groups = ((body.get("Annotations") or {}).get("DesiredTGUpdates") or {}).values()

    def total(key: str) -> int:
        return sum(group.get(key, 0) for group in groups)

    return Plan(
        in_place=total("InPlaceUpdate"),
        destructive=total("DestructiveUpdate"),
        placed=total("Place"),
        stopped=total("Stop"),
        failures=failures(body.get("FailedTGAllocs")),
        diff=body.get("Diff") or {},
        warnings=body.get("Warnings") or "",
    )
