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


def ports(driver: str, service: ServiceDoc) -> list[Json]:
    """The dynamic ports, the main one first: a container listens on its own, a process on the
    node's.
    """
    mapped = DRIVERS[driver] is _container
    pairs = [(PORT_LABEL, service.port), *((one.name, one.port) for one in service.ports)]
    return [{"Label": label, **({"To": to} if mapped else {})} for label, to in pairs]


def artifacts(service: ServiceDoc, place: Place) -> Json:
    """The task's field Artifacts; empty where the service runs an image.

    Nomad unpacks as whom it runs itself, and keeps the archive's modes: files that only their
    owner may read have to become the user's.
    """
    if service.artifact is None:
        return {}
    artifact = {
        "GetterSource": f"{place.artifacts_url}/{service.artifact}.{service.archive}",
        "GetterOptions": {"checksum": f"sha256:{service.artifact}"},
        "RelativeDest": APP_DIR,
        **({"Chown": True} if service.user else {}),
    }
    return {"Artifacts": [artifact]}


def _process(service: ServiceDoc, argv: Sequence[str]) -> Json:
    if not argv:
        raise ValueError(f"The service {service.name} has no command; its driver needs one.")
    found = _command(argv)
    if service.artifact is not None:
        found["command"] = _in_archive(found["command"])
        found["work_dir"] = "${NOMAD_TASK_DIR}/app"
    return found


def _in_archive(program: str) -> str:
    """The program as Nomad finds it: a relative path below the task's `local`, no matter where the
    task begins to work.
    """
    if "/" not in program or program.startswith("/"):
        return program
    return f"app/{program.removeprefix('./')}"


def _container(service: ServiceDoc, argv: Sequence[str]) -> Json:
    if not service.image:
        raise ValueError(f"The service {service.name} has no image; its driver needs one.")
    labels = [PORT_LABEL, *(one.name for one in service.ports)]
    listens = {} if service.port is None else {"ports": labels}
    return {"image": literal(service.image), **listens, **_command(argv)}


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
