"""A pytest plugin (`-p tests.services`): an embedded Postgres and Valkey for the whole run.

pytest-django loads the settings before any conftest.py, so the servers start here, once, in the
process that was called; xdist's workers find their addresses in the environment.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from subprocess import Popen

import pytest

from local.launch import keys, ports, postgres, valkey
from local.launch.process import Command, ask_to_end, spawn, wait_for_end
from local.launch.state import PARTS

DATABASES_OF_VALKEY = 16
_running: list[tuple[Command, Popen[bytes]]] = []
_folders: list[Path] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Nothing; the servers run and the environment names them, before any settings are read."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        os.environ.update(start(Path(tempfile.mkdtemp(prefix="muster-tests-"))))
    else:
        os.environ["REDIS_URL"] = _own_database(os.environ["REDIS_URL"], worker)


@atexit.register
def stop() -> None:
    """Nothing; what this process started is gone, and its data; also after an early failure."""
    while _running:
        command, child = _running.pop()
        ask_to_end(child, command.on_stop)
        wait_for_end(child, within_s=5)
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


def start(folder: Path) -> Mapping[str, str]:
    """The environment that names both servers; they run on free ports, their data in `folder`."""
    _folders.append(folder)
    folder.chmod(0o755)
    for part in PARTS:
        (folder / part).mkdir()
    secrets = keys.load_or_make(folder / "secrets.json")
    database = postgres.place(folder / "postgres", ports.any_free(), secrets, durable=False)
    store = valkey.Valkey(folder / "valkey", ports.any_free(), secrets["valkey"], durable=False)
    env = {"PATH": os.defpath}
    server = _spawn(postgres.command(database, env=env, log=folder / "logs/postgres.log"))
    other = _spawn(valkey.command(store, env=env, log=folder / "logs/valkey.log"))
    postgres.wait_and_prepare(database, lambda: server.poll() is None)
    valkey.wait(store, lambda: other.poll() is None)
    return {
        "DATABASE_URL": database.url,
        "DATABASE_OWNER_URL": database.owner_url,
        "REDIS_URL": store.url,
        "MUSTER_STATE": str(folder),
    }


def _spawn(command: Command) -> Popen[bytes]:
    child = spawn(command)
    _running.append((command, child))
    return child


def _own_database(url: str, worker: str) -> str:
    """The same server, another of its numbered databases for each of xdist's workers."""
    number = int(worker.removeprefix("gw")) + 1
    return f"{url.rpartition('/')[0]}/{number % DATABASES_OF_VALKEY}"
