"""What differs from driver to driver: how a command is started, and what its port is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jobs.document import ServiceDoc
from jobs.specs.escape import literal
from jobs.specs.place import Place

Json = dict[str, Any]

PORT_LABEL = "http"
APP_DIR = "local/app"


def config(driver: str, service: ServiceDoc, argv: Sequence[str]) -> Json:
    """The task's field Config. ValueError where the driver cannot run this service."""
    return DRIVERS[driver](service, argv)


def port(driver: str, service: ServiceDoc) -> Json:
    """The dynamic port: a container listens on its own one, a process on the node's."""
    dynamic: Json = {"Label": PORT_LABEL}
    if DRIVERS[driver] is _container:
        dynamic["To"] = service.port
    return dynamic


def artifacts(service: ServiceDoc, place: Place) -> Json:
    """The task's field Artifacts; empty where the service runs an image."""
    if service.artifact is None:
        return {}
    artifact = {
        "GetterSource": f"{place.artifacts_url}/{service.artifact}.{service.archive}",
        "GetterOptions": {"checksum": f"sha256:{service.artifact}"},
        "RelativeDest": APP_DIR,
    }
    return {"Artifacts": [artifact]}


def _process(service: ServiceDoc, argv: Sequence[str]) -> Json:
    if not argv:
        raise ValueError(f"The service {service.name} has no command; its driver needs one.")
    found = _command(argv)
    if service.artifact is not None:
        found["work_dir"] = "${NOMAD_TASK_DIR}/app"
    return found


def _container(service: ServiceDoc, argv: Sequence[str]) -> Json:
    if not service.image:
        raise ValueError(f"The service {service.name} has no image; its driver needs one.")
    ports = {} if service.port is None else {"ports": [PORT_LABEL]}
    return {"image": literal(service.image), **ports, **_command(argv)}


def _command(argv: Sequence[str]) -> Json:
    """The command and its arguments, as far as there are any."""
    words = [literal(word) for word in argv]
    found: Json = {}
    if words:
        found["command"] = words[0]
    if len(words) > 1:
        found["args"] = words[1:]
    return found


DRIVERS: dict[str, Callable[[ServiceDoc, Sequence[str]], Json]] = {
    "raw_exec": _process,
    "exec": _process,
    "docker": _container,
    "podman": _container,
}
