"""The task that runs a service's command, long or once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobs.document import ServiceDoc
from jobs.specs import driver
from jobs.specs.durations import seconds
from jobs.specs.group import logs
from jobs.specs.template import templates, variable_keys
from jobs.specs.unit import Unit

Json = dict[str, Any]

NAME = "main"
# Larger than all logs of the task together; Nomad refuses less.
DISK_MB = 300


def task(unit: Unit, argv: Sequence[str]) -> Json:
    """The task without what the outside sees of it: no port, no service."""
    service = unit.service
    return {
        "Name": NAME,
        "Driver": unit.place.driver,
        "Config": driver.config(unit.place.driver, service, argv),
        "Env": environment(unit),
        **({"User": service.user} if service.user else {}),
        "KillSignal": service.kill_signal or "SIGTERM",
        "KillTimeout": seconds(service.kill_timeout_s),
        "Resources": _resources(service),
        **logs(),
        **driver.artifacts(service, unit.place),
        **templates(unit.job_id, variable_keys(service), unit.suffix),
    }


def disk(service: ServiceDoc) -> Json:
    """The group's field EphemeralDisk: for all that an instance writes, its logs too."""
    return {"SizeMB": service.disk_mb or DISK_MB}


def _resources(service: ServiceDoc) -> Json:
    size: Json = {"CPU": service.cpu_mhz, "MemoryMB": service.memory_mb}
    if service.memory_max_mb is not None:
        size["MemoryMaxMB"] = service.memory_max_mb
    return size


def environment(unit: Unit) -> dict[str, str]:
    """What Muster itself says to a task; people's variables come by the template."""
    return {
        "MUSTER_APP": unit.app,
        "MUSTER_ENVIRONMENT": unit.environment,
        "MUSTER_SERVICE": unit.service.name,
    }
