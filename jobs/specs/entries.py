"""The entries of a service in Consul, which its Nomad job writes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from jobs.specs.driver import PORT_LABEL
from jobs.specs.durations import NANOSECONDS, seconds
from jobs.specs.escape import check_path
from jobs.specs.unit import Unit

Json = dict[str, Any]

CHECK_INTERVAL_S = 2
CHECK_TIMEOUT_S = 2


def entry(unit: Unit, release: int, *, host: str | None) -> Json:
    """The entry of one colour, for the edge. Its tags never change, so no instance does."""
    return {
        "Name": unit.job_id,
        "Provider": "consul",
        "PortLabel": PORT_LABEL,
        "Tags": [
            "traefik.enable=true",
            f"traefik.http.services.{unit.job_id}.loadbalancer.strategy=p2c",
        ],
        "Meta": {**unit.meta, "release": str(release)},
        "Checks": [check(unit.service.health_path, host=host)],
    }


def check(path: str | None, *, host: str | None = None) -> Json:
    """An HTTP check of that path, or a TCP check where there is none."""
    times = {"Interval": seconds(CHECK_INTERVAL_S), "Timeout": seconds(CHECK_TIMEOUT_S)}
    if path is None:
        return {"Name": "tcp", "Type": "tcp", **times}
    header = {} if host is None else {"Header": {"Host": [host]}}
    return {"Name": "http", "Type": "http", "Path": check_path(path), **header, **times}


def with_slug(job: Json, slug: str) -> Json:
    """The job, as registered, with the slug's entry: the colour's without the edge's tags.

    A change that Nomad makes in place. Harmless where the entry is there already; a job without
    entries (a worker's) has nothing to add.
    """
    changed = without_slug(job, slug)
    for task in _tasks(changed):
        colour = next(iter(task.get("Services") or ()), None)
        if colour is not None:
            untagged = {key: deepcopy(colour[key]) for key in colour if key != "Tags"}
            task["Services"].append({**untagged, "Name": slug})
    return changed


def without_slug(job: Json, slug: str) -> Json:
    """The job, as registered, without the slug's entry; harmless where there is none."""
    changed = deepcopy(job)
    for task in _tasks(changed):
        if task.get("Services"):
            task["Services"] = [one for one in task["Services"] if one["Name"] != slug]
    return changed


def bears_slug(job: Json, slug: str) -> bool:
    """Whether the job writes the slug's entry."""
    return any(one["Name"] == slug for task in _tasks(job) for one in task.get("Services") or ())


def consul_entries(job: Json) -> list[Json]:
    """What will stand in Consul for each instance of the job, in Consul's own words."""
    return [_shown(one) for task in _tasks(job) for one in task.get("Services") or ()]


def _tasks(job: Json) -> list[Json]:
    return [task for group in job["TaskGroups"] for task in group["Tasks"]]


def _shown(one: Json) -> Json:
    return {
        "Name": one["Name"],
        "Tags": one.get("Tags") or [],
        "Meta": one.get("Meta") or {},
        "Checks": [_shown_check(check) for check in one.get("Checks") or ()],
    }


def _shown_check(one: Json) -> Json:
    times = {key: f"{one[key] // NANOSECONDS}s" for key in ("Interval", "Timeout")}
    if one["Type"] == "tcp":
        return {"TCP": "the instance's address and port", **times}
    header = {"Header": one["Header"]} if one.get("Header") else {}
    return {"HTTP": one["Path"], **header, **times}
