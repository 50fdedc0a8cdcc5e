"""The job of one colour of a service: what the kinds share."""

from __future__ import annotations

from typing import Any

from jobs.document import ServiceDoc
from jobs.specs import driver
from jobs.specs.durations import seconds
from jobs.specs.entries import entry
from jobs.specs.group import disconnect, service_job, stays, update
from jobs.specs.placement import placement
from jobs.specs.task import NAME, disk, task
from jobs.specs.unit import Unit

Json = dict[str, Any]


def listening(unit: Unit, release: int, count: int, *, host: str | None) -> Json:
    """The job of a service with a port: in Consul, and gone from there before it stops."""
    listener = {
        **task(unit, unit.service.command),
        "ShutdownDelay": seconds(_drain_s(unit)),
        "Services": [entry(unit, release, host=host)],
    }
    listener["Env"] = {**_port_variables(unit.service), **listener["Env"]}
    network = {"DynamicPorts": driver.ports(unit.place.driver, unit.service)}
    return _job(unit, {**_group(unit, count, listener), "Networks": [network]})


def _drain_s(unit: Unit) -> int:
    """The time without new requests before an instance is told to end: the edge's at least."""
    return max(unit.service.drain_s or 0, unit.place.shutdown_delay_s)


def _port_variables(service: ServiceDoc) -> dict[str, str]:
    """PORT, and PORT_<NAME> for each further port."""
    named = {f"PORT_{one.name.upper()}": one.name for one in service.ports}
    labels = {"PORT": driver.PORT_LABEL, **named}
    return {name: f"${{NOMAD_PORT_{label}}}" for name, label in labels.items()}


def working(unit: Unit, count: int) -> Json:
    """The job of a service without a port: Consul and the edge do not know it."""
    return _job(unit, _group(unit, count, task(unit, unit.service.command)))


def alone(unit: Unit, count: int) -> Json:
    """The job of a service of which never two run, not even while a node is cut off.

    Nomad lets nobody scale it beyond its count; a deployment lifts that when its time has come.
    """
    group = _group(unit, count, task(unit, unit.service.command))
    scaling = {**group["Scaling"], "Max": count}
    return _job(unit, {**group, "Scaling": scaling, **disconnect(replace=False)})


def _job(unit: Unit, group: Json) -> Json:
    job = service_job(unit.job_id, unit.place, unit.meta, group)
    return {**job, **placement(unit.service)}


def _group(unit: Unit, count: int, main: Json) -> Json:
    start_s, kill_s = unit.service.start_limit_s, unit.service.kill_timeout_s
    return {
        "Name": NAME,
        "Count": count,
        "Scaling": {
            "Enabled": True,
            "Type": "horizontal",
            "Min": 0,
            "Max": unit.place.largest_count,
        },
        **update(start_limit_s=start_s, kill_timeout_s=kill_s),
        **stays(unit.service.restart),
        **disconnect(replace=True),
        "EphemeralDisk": disk(unit.service),
        "Tasks": [main],
    }
