"""The Nomad job of a postgres that Muster runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jobs.document import ResourceDoc
from jobs.resources.postgres.names import ADMIN, ADMIN_DATABASE
from jobs.resources.postgres.script import CONTAINER, SCRIPT
from jobs.specs import Place, slug
from jobs.specs.durations import seconds
from jobs.specs.entries import CHECK_INTERVAL_S, CHECK_TIMEOUT_S
from jobs.specs.escape import literal
from jobs.specs.group import disconnect, logs, service_job, stays, update
from jobs.specs.task import DISK_MB, NAME
from jobs.specs.template import templates

Json = dict[str, Any]

PORT_LABEL = "postgres"
CONTAINER_PORT = 5432
PASSWORD_KEY = "POSTGRES_PASSWORD"  # noqa: S105 the key's name, not a password
DATA_KEY = "MUSTER_DATA"
"""Of its Variable: NEW, or KEPT once it has data; then it ends where it finds none."""
NEW, KEPT = "new", "kept"
KILL_TIMEOUT_S = 60
CONNECTIONS = 50
"""So many at once, where nobody said another number."""
RESERVED = 3
"""Of these, what Postgres keeps free for superusers, so that Muster always gets in."""
VOLUME = "data"
MOUNTED = "/var/lib/muster"


@dataclass(frozen=True)
class PostgresServer:
    """What runs a postgres in this cell: the folder of its `programs` on the nodes, or an `image`.

    Its data lie in a folder of its own, called `data`, or as its job: below `folder` of the node
    where the driver shows its tasks all files (raw_exec), else in the host volume `volume`.
    """

    driver: str
    programs: str | None = None
    image: str | None = None
    folder: str = ""
    volume: str = ""
    data: str = ""


def postgres_job(
    resource: ResourceDoc,
    *,
    app: str,
    environment: str,
    port: int,
    place: Place,
    server: PostgresServer,
    node: str = "",
) -> Json:
    """The one job of a postgres, at the static port that Muster assigned, in Consul by its slug.

    Its Variable holds the superuser's password as POSTGRES_PASSWORD, and MUSTER_DATA. With the name
    of a `node` it runs there and nowhere else: where its data are. ValueError where the cell can
    not run it.
    """
    name = slug(app, environment, resource.name)
    meta = {"app": app, "environment": environment, "resource": resource.name}
    group = {
        "Name": NAME,
        "Count": 1,
        **update(start_limit_s=resource.start_limit_s, kill_timeout_s=KILL_TIMEOUT_S),
        **stays(),
        # Two of them on the same data would be worse than none for a while.
        **disconnect(replace=False),
        **_volumes(server),
        "EphemeralDisk": {"SizeMB": DISK_MB},
        "Networks": [{"ReservedPorts": [_port(server, port)]}],
        "Tasks": [_task(resource, name, meta, place, server)],
    }
    return {**service_job(name, place, meta, group), **_on(node)}


def _on(node: str) -> Json:
    """The rule that keeps it where its data are; elsewhere it would begin with none, in silence."""
    if not node:
        return {}
    rule = {"LTarget": "${node.unique.name}", "RTarget": node, "Operand": "="}
    return {"Constraints": [rule]}


def _volumes(server: PostgresServer) -> Json:
    if _is_process(server):
        return {}
    if not server.volume:
        raise ValueError(
            "This cluster names no place for the data of a postgres:"
            " an operator sets MUSTER_POSTGRES_VOLUME to a host volume of its nodes."
        )
    return {"Volumes": {VOLUME: {"Name": VOLUME, "Type": "host", "Source": server.volume}}}


def _is_process(server: PostgresServer) -> bool:
    """Whether its task sees the node's own files."""
    return server.driver == "raw_exec"


def _task(
    resource: ResourceDoc, name: str, meta: dict[str, str], place: Place, server: PostgresServer
) -> Json:
    mounts = [{"Volume": VOLUME, "Destination": MOUNTED}]
    return {
        "Name": NAME,
        "Driver": server.driver,
        "Config": _CONFIGS[server.driver](resource, server.data or name, server),
        "Env": {
            **{f"MUSTER_{key.upper()}": value for key, value in meta.items()},
            **_ENVIRONMENTS[server.driver](server.data or name),
        },
        # By SIGTERM it would wait until every client has gone by itself.
        "KillSignal": "SIGINT",
        "KillTimeout": seconds(KILL_TIMEOUT_S),
        "ShutdownDelay": seconds(place.shutdown_delay_s),
        "Resources": {"CPU": resource.cpu_mhz, "MemoryMB": resource.memory_mb},
        "Services": [_entry(name, meta, server)],
        **({} if _is_process(server) else {"VolumeMounts": mounts}),
        **logs(),
        **templates(name, (DATA_KEY, PASSWORD_KEY)),
    }


def _entry(name: str, meta: dict[str, str], server: PostgresServer) -> Json:
    return {
        "Name": name,
        "Provider": "consul",
        "PortLabel": PORT_LABEL,
        "Meta": meta,
        "Checks": [_check(server)],
    }


def _check(server: PostgresServer) -> Json:
    """Passes only while it takes logins: it listens before, and refuses them while it mends."""
    ready = f"{server.programs}/pg_isready" if server.programs else "pg_isready"
    host, port = "${NOMAD_IP_postgres}", "${NOMAD_PORT_postgres}"
    if server.image:
        host, port = "127.0.0.1", str(CONTAINER_PORT)
    return {
        "Name": "takes logins",
        "Type": "script",
        "Command": ready,
        "Args": ["-q", "-h", host, "-p", port, "-U", ADMIN, "-d", ADMIN_DATABASE],
        "Interval": seconds(CHECK_INTERVAL_S),
        "Timeout": seconds(CHECK_TIMEOUT_S),
    }


def _settings(resource: ResourceDoc) -> list[str]:
    """What the server is told besides where it listens. Its log has no statements, nor values.

    A quarter of its memory is for pages that everybody shares, as Postgres' manual says.
    """
    pairs = (
        f"max_connections={resource.max_connections or CONNECTIONS}",
        f"superuser_reserved_connections={RESERVED}",
        f"shared_buffers={max(resource.memory_mb // 4, 16)}MB",
        "password_encryption=scram-sha-256",
        "log_min_error_statement=panic",
        "log_error_verbosity=terse",
    )
    return [word for pair in pairs for word in ("-c", pair)]


def _port(server: PostgresServer, port: int) -> Json:
    to = {"To": CONTAINER_PORT} if server.image else {}
    return {"Label": PORT_LABEL, "Value": port, **to}


def _process(resource: ResourceDoc, name: str, server: PostgresServer) -> Json:
    """The shell that makes the data where there are none, and becomes the server."""
    if server.programs is None:
        raise ValueError("This cell names no folder with a postgres' programs for its nodes.")
    folder = server.folder if _is_process(server) else MOUNTED
    if not folder:
        raise ValueError(
            "This cluster names no place for the data of a postgres:"
            " an operator sets MUSTER_POSTGRES_FOLDER to a folder of its nodes."
        )
    words = (server.programs, folder, name, ADMIN)
    given = [literal(word) for word in words]
    return {
        "command": "/bin/sh",
        "args": ["-c", literal(SCRIPT), "postgres", *given, *_settings(resource)],
    }


def _container(resource: ResourceDoc, name: str, server: PostgresServer) -> Json:
    """The image's own start, which makes the data where there are none (docker.io/postgres)."""
    if server.image is None:
        raise ValueError("This cell names no image for a postgres.")
    return {
        "image": literal(server.image),
        "entrypoint": ["/bin/sh"],
        "args": ["-c", literal(CONTAINER), "postgres", *_settings(resource)],
        "ports": [PORT_LABEL],
    }


def _of_container(name: str) -> dict[str, str]:
    return {
        "POSTGRES_USER": ADMIN,
        "POSTGRES_DB": ADMIN_DATABASE,
        "POSTGRES_INITDB_ARGS": "--encoding=UTF8 --locale=C.UTF-8",
        "PGDATA": f"{MOUNTED}/{name}/data",
    }


def _of_process(name: str) -> dict[str, str]:
    return {}


_CONFIGS: dict[str, Callable[[ResourceDoc, str, PostgresServer], Json]] = {
    "raw_exec": _process,
    "exec": _process,
    "docker": _container,
    "podman": _container,
}
_ENVIRONMENTS: dict[str, Callable[[str], dict[str, str]]] = {
    "raw_exec": _of_process,
    "exec": _of_process,
    "docker": _of_container,
    "podman": _of_container,
}
