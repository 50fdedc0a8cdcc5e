"""The Nomad job of a redis that Muster runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jobs.document import ResourceDoc
from jobs.specs import Place, slug
from jobs.specs.durations import seconds
from jobs.specs.entries import check
from jobs.specs.escape import literal
from jobs.specs.group import disconnect, logs, service_job, stays, update
from jobs.specs.task import NAME
from jobs.specs.template import templates

Json = dict[str, Any]

PORT_LABEL = "redis"
CONTAINER_PORT = 6379
PASSWORD_KEY = "REDIS_PASSWORD"  # noqa: S105 the key's name, not a password
KILL_TIMEOUT_S = 30
DISK_MB = 500

# A password among the arguments could be read by everybody on the node, so the shell writes it
# to a file in the folder that Nomad's API does not show. A config file has to come first.
_SCRIPT = """\
set -eu
umask 077
printf 'requirepass "%s"\\n' "$REDIS_PASSWORD" > "$NOMAD_SECRETS_DIR/redis.conf"
unset REDIS_PASSWORD
mkdir -p "$NOMAD_ALLOC_DIR/data"
server="$1"
shift
exec "$server" "$NOMAD_SECRETS_DIR/redis.conf" --dir "$NOMAD_ALLOC_DIR/data" \\
  --bind "{bind}" --port "$NOMAD_PORT_redis" "$@"
"""


@dataclass(frozen=True)
class RedisServer:
    """What runs a redis in this cell: a binary on its nodes (`command`), or an `image`."""

    driver: str
    command: str | None = None
    image: str | None = None


def redis_job(
    resource: ResourceDoc,
    *,
    app: str,
    environment: str,
    port: int,
    place: Place,
    server: RedisServer,
) -> Json:
    """The one job of a redis, at the static port that Muster assigned, in Consul by its slug.

    Its Variable holds the password as REDIS_PASSWORD (letters, digits, `-` and `_` only).
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
        # Nomad moves the data folder along when it replaces the instance.
        "EphemeralDisk": {"SizeMB": DISK_MB, "Sticky": True, "Migrate": True},
        "Networks": [{"ReservedPorts": [_port(server, port)]}],
        "Tasks": [_task(resource, name, meta, place, server)],
    }
    return service_job(name, place, meta, group)


def _task(
    resource: ResourceDoc, name: str, meta: dict[str, str], place: Place, server: RedisServer
) -> Json:
    return {
        "Name": NAME,
        "Driver": server.driver,
        "Config": _CONFIGS[server.driver](resource, server),
        "Env": {f"MUSTER_{key.upper()}": value for key, value in meta.items()},
        "KillSignal": "SIGTERM",
        "KillTimeout": seconds(KILL_TIMEOUT_S),
        "ShutdownDelay": seconds(place.shutdown_delay_s),
        "Resources": {"CPU": resource.cpu_mhz, "MemoryMB": resource.memory_mb},
        "Services": [_entry(name, meta)],
        **logs(),
        **templates(name, (PASSWORD_KEY,)),
    }


def _entry(name: str, meta: dict[str, str]) -> Json:
    return {
        "Name": name,
        "Provider": "consul",
        "PortLabel": PORT_LABEL,
        "Meta": meta,
        "Checks": [check(None)],
    }


def _arguments(resource: ResourceDoc, server: RedisServer, bind: str) -> list[str]:
    """The shell's arguments: its script, the server, its settings that are no secret."""
    settings = [
        *("--appendonly", "yes"),
        # Refuse writes, rather than drop what a queue holds or end by the task's memory limit.
        *("--maxmemory-policy", "noeviction"),
        *("--maxmemory", f"{resource.memory_mb * 3 // 4}mb"),
    ]
    script = _SCRIPT.format(bind=bind)
    return ["-c", literal(script), "redis", literal(server.command or "redis-server"), *settings]


def _port(server: RedisServer, port: int) -> Json:
    return {"Label": PORT_LABEL, "Value": port, **({"To": CONTAINER_PORT} if server.image else {})}


def _process(resource: ResourceDoc, server: RedisServer) -> Json:
    if server.command is None:
        raise ValueError("This cell names no redis server's binary for its nodes.")
    return {"command": "/bin/sh", "args": _arguments(resource, server, "$NOMAD_IP_redis")}


def _container(resource: ResourceDoc, server: RedisServer) -> Json:
    if server.image is None:
        raise ValueError("This cell names no image for redis.")
    return {
        "image": literal(server.image),
        "entrypoint": ["/bin/sh"],
        "args": _arguments(resource, server, "0.0.0.0"),  # noqa: S104 inside the container
        "ports": [PORT_LABEL],
    }


_CONFIGS: dict[str, Callable[[ResourceDoc, RedisServer], Json]] = {
    "raw_exec": _process,
    "exec": _process,
    "docker": _container,
    "podman": _container,
}
