"""The job of one colour of a service: what the kinds share."""

from __future__ import annotations

from typing import Any

from jobs.specs import driver
from jobs.specs.durations import seconds
from jobs.specs.entries import entry
from jobs.specs.group import disconnect, service_job, stays, update
from jobs.specs.task import DISK_MB, NAME, task
from jobs.specs.unit import Unit

Json = dict[str, Any]


def listening(unit: Unit, release: int, count: int, *, host: str | None) -> Json:
    """The job of a service with a port: in Consul, and gone from there before it stops."""
    listener = {
        **task(unit, unit.service.command),
        "ShutdownDelay": seconds(unit.place.shutdown_delay_s),
        "Services": [entry(unit, release, host=host)],
    }
    listener["Env"] = {"PORT": f"${{NOMAD_PORT_{driver.PORT_LABEL}}}", **listener["Env"]}
    network = {"DynamicPorts": [driver.port(unit.place.driver, unit.service)]}
    return _job(unit, {**_group(unit, count, listener), "Networks": [network]})


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
    return service_job(unit.job_id, unit.place, unit.meta, group)


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
        **stays(),
        **disconnect(replace=True),
        "EphemeralDisk": {"SizeMB": DISK_MB},
        "Tasks": [main],
    }
