"""What each kind of child finds in its environment: secrets go there, never into arguments."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from local.launch import binaries
from local.launch.configured import Configured, http_address
from local.launch.ports import Ports

INHERITED = ("HOME", "LANG", "LC_ALL", "PATH", "TZ", "TMPDIR")
SETTINGS = ("MUSTER_", "NOMAD_", "CONSUL_", "DATABASE_", "REDIS_", "PYTHONUNBUFFERED")
DATABASE = ("DATABASE_URL", "DATABASE_OWNER_URL")


def bare(environ: Mapping[str, str]) -> dict[str, str]:
    """What a server needs and nothing else: its tasks would see the rest."""
    kept = {name: environ[name] for name in INHERITED if name in environ}
    return {"PATH": os.defpath, **kept}


def cluster(environ: Mapping[str, str], secrets: Mapping[str, str]) -> dict[str, str]:
    """For the parts of the local cluster."""
    return {
        **bare(environ),
        "PYTHONUNBUFFERED": "1",
        "KEEPER_TOKEN": secrets["keeper"],
        "NOMAD_TOKEN": secrets["nomad"],
        "CONSUL_HTTP_TOKEN": secrets["consul"],
    }


def addresses(ports: Ports, secrets: Mapping[str, str]) -> dict[str, str]:
    """Where Muster finds the local cluster."""
    return {
        "NOMAD_ADDR": f"http://127.0.0.1:{ports['nomad']}",
        "NOMAD_TOKEN": secrets["nomad"],
        "CONSUL_HTTP_ADDR": f"http://127.0.0.1:{ports['consul']}",
        "CONSUL_HTTP_TOKEN": secrets["consul"],
    }


def platform(
    environ: Mapping[str, str],
    configured: Configured,
    ports: Ports,
    folder: Path,
    secrets: Mapping[str, str],
    embedded: Mapping[str, str],
    data: Path | None = None,
) -> dict[str, str]:
    """For Muster itself: what the user set, what is embedded, and defaults for the rest.

    In `data` a cluster of our own keeps what a postgres of an app holds.
    """
    resources = ports.resources
    defaults = {
        "MUSTER_SECRET_KEY": secrets["django"],
        "MUSTER_ENCRYPTION_KEYS": secrets["encryption"],
        "MUSTER_URL": f"http://127.0.0.1:{ports['muster']}",
        "MUSTER_RESOURCE_PORTS": f"{resources.start}-{resources.stop - 1}",
    }
    if not configured.cluster:
        defaults["MUSTER_DRIVERS"] = "raw_exec"
        defaults["MUSTER_FAULTS"] = "true"
        defaults["MUSTER_REDIS_COMMAND"] = str(binaries.valkey())
        defaults["MUSTER_STATIC_COMMAND"] = _file_server()
        programs = binaries.postgres(binaries.postgres_owner())
        defaults["MUSTER_POSTGRES_PROGRAMS"] = f"{binaries.POSTGRES_MAJOR}={programs}"
        defaults["MUSTER_POSTGRES_FOLDER"] = str(data)
        defaults["MUSTER_PG_DUMP"] = str(programs / "pg_dump")
        defaults["MUSTER_EXTERNAL_NETWORKS"] = "127.0.0.0/8,::1/128"
    env = defaults | _users(environ, configured) | dict(embedded)
    if configured.cluster:
        env["CONSUL_HTTP_ADDR"] = http_address(environ["CONSUL_HTTP_ADDR"], environ)
    return env | {"MUSTER_STATE": str(folder), "PYTHONUNBUFFERED": "1"}


def _file_server() -> str:
    """The command that serves a folder, with the programs that Muster itself runs with."""
    root = Path(__file__).resolve().parents[2]
    words = ["/usr/bin/env", f"PYTHONPATH={root}", sys.executable, "-m", "local.files"]
    return shlex.join(words)


def settings(env: Mapping[str, str]) -> dict[str, str]:
    """What of a Muster's environment another command needs to work on the same one."""
    return {name: value for name, value in env.items() if name.startswith(SETTINGS)}


def _users(environ: Mapping[str, str], configured: Configured) -> dict[str, str]:
    """The user's environment without what belongs to servers that are embedded here."""
    return {
        name: value
        for name, value in environ.items()
        if (configured.cluster or not name.startswith(("NOMAD_", "CONSUL_")))
        and (configured.database or name not in DATABASE)
    }
