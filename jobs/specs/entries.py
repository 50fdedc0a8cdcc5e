"""The entries of a service in Consul, which its Nomad job writes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from jobs.specs import names
from jobs.specs.driver import PORT_LABEL
from jobs.specs.durations import NANOSECONDS, seconds
from jobs.specs.escape import check_path
from jobs.specs.unit import Unit

Json = dict[str, Any]

CHECK_INTERVAL_S = 2
CHECK_TIMEOUT_S = 2


def entry(unit: Unit, release: int, *, host: str | None) -> Json:
    """The entry of one colour, for the edge. Its tags never change, so no instance does.

    The edge speaks HTTP only: an entry of another protocol has no tags, and no router.
    """
    service = unit.service
    times = {"interval_s": service.check_interval_s, "timeout_s": service.check_timeout_s}
    return {
        "Name": unit.job_id,
        "Provider": "consul",
        "PortLabel": PORT_LABEL,
        **({} if service.protocol == "tcp" else {"Tags": _edge_tags(unit.job_id)}),
        "Meta": {**unit.meta, "release": str(release)},
        "Checks": [check(service.health_path, host=host, **times)],
    }


def _edge_tags(name: str) -> list[str]:
    return [
        "traefik.enable=true",
        f"traefik.http.services.{name}.loadbalancer.strategy=p2c",
    ]


def check(
    path: str | None,
    *,
    host: str | None = None,
    interval_s: int | None = None,
    timeout_s: int | None = None,
) -> Json:
    """An HTTP check of that path, or a TCP check where there is none."""
    times = {
        "Interval": seconds(interval_s or CHECK_INTERVAL_S),
        "Timeout": seconds(timeout_s or CHECK_TIMEOUT_S),
    }
    if path is None:
        return {"Name": "tcp", "Type": "tcp", **times}
    header = {} if host is None else {"Header": {"Host": [host]}}
    return {"Name": "http", "Type": "http", "Path": check_path(path), **header, **times}


def with_slug(job: Json, slug: str) -> Json:
    """The job, as registered, with the slug's entries: the colour's without the edge's tags.

    Each further port has an entry `<slug>--<its name>` beside it. A change that Nomad makes in
    place. Harmless where the entries are there already; a job without entries (a worker's) has
    nothing to add.
    """
    changed = without_slug(job, slug)
    for group in changed["TaskGroups"]:
        for task in group["Tasks"]:
            colour = next(iter(task.get("Services") or ()), None)
            if colour is not None:
                task["Services"] += _slug_entries(colour, slug, further_ports(group))
    return changed


def _slug_entries(colour: Json, slug: str, ports: list[str]) -> list[Json]:
    untagged = {key: deepcopy(colour[key]) for key in colour if key != "Tags"}
    return [{**untagged, "Name": slug}, *(_port_entry(untagged, slug, port) for port in ports)]


def _port_entry(untagged: Json, slug: str, port: str) -> Json:
    """The entry of a further port: it has to accept connections, as often as the main one."""
    times = {key: check[key] for check in untagged["Checks"] for key in ("Interval", "Timeout")}
    return {
        **deepcopy(untagged),
        "Name": names.port_entry(slug, port),
        "PortLabel": port,
        "Checks": [{"Name": "tcp", "Type": "tcp", **times}],
    }


def further_ports(group: Json) -> list[str]:
    """The names of the ports that a group has beside its main one."""
    networks = group.get("Networks") or ()
    labels = (port["Label"] for one in networks for port in one.get("DynamicPorts") or ())
    return [label for label in labels if label != PORT_LABEL]


def without_slug(job: Json, slug: str) -> Json:
    """The job, as registered, without the slug's entries; harmless where there is none."""
    changed = deepcopy(job)
    for task in _tasks(changed):
        if task.get("Services"):
            task["Services"] = [one for one in task["Services"] if not _of_slug(one["Name"], slug)]
    return changed


def _of_slug(name: str, slug: str) -> bool:
    return name == slug or name.startswith(names.port_entry(slug, ""))


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
