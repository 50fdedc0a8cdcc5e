"""What a run starts and ends: Postgres, a Valkey or two a cell, stand-ins, Muster's processes."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from subprocess import Popen

import redis

from bench.loop import world
from local.launch import environment, keys, ports, postgres, processes, valkey
from local.launch.launch import CHECKOUT
from local.launch.logs import tail
from local.launch.problem import Problem
from local.launch.process import Command, ask_to_end, spawn, wait_for_end
from local.launch.state import PARTS

ROLES: Mapping[str, str] = {
    "worker-scale": "scale",
    "worker-deploy-1": "deploy",
    "worker-deploy-2": "deploy",
    "observe": "observer",
    "cron": "cron",
    "worker-observe": "upkeep",
    "worker-default": "upkeep",
}
"""The processes of Muster that run here, by the part that they are counted as."""


@dataclass(frozen=True)
class Child:
    """A process, the part that it is counted as, and its cell (0 for what all cells share)."""

    role: str
    cell: int
    command: Command
    process: Popen[bytes]


@dataclass
class Servers:
    """What runs, in the order of its start; all of it has its data in `folder`."""

    folder: Path
    secrets: Mapping[str, str]
    running: list[Child] = field(default_factory=list)

    def spawn(self, role: str, cell: int, command: Command) -> Child:
        """The started child."""
        child = Child(role, cell, command, spawn(command))
        self.running.append(child)
        return child

    def check(self) -> None:
        """Nothing; a Problem with the last words of a child that ended."""
        for child in self.running:
            if child.process.poll() is not None:
                log = child.command.log
                raise Problem(f"{child.command.name} has ended. Its log ends:\n{tail(log)}")

    def once(self, *commands: Command) -> None:
        """Nothing, when all of these have run side by side to a good end; else a Problem."""
        children = [(command, spawn(command)) for command in commands]
        for command, process in children:
            if process.wait() != 0:
                raise Problem(f"{command.name} failed. Its log ends:\n{tail(command.log)}")

    def wait(self, ready: Callable[[], bool], what: str, within_s: float) -> None:
        """Nothing, when `ready`; a Problem when that takes longer."""
        deadline = time.monotonic() + within_s
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise Problem(f"{what} did not come within {within_s:.0f} s; logs: {self.logs}")
            time.sleep(0.2)

    def stop(self, keep: Path | None = None) -> None:
        """Nothing; all have ended, the last one first, and their data is gone but for the logs."""
        for child in reversed(self.running):
            if child.role in ROLES.values():
                ask_to_end(child.process, child.command.on_stop)
        while self.running:
            child = self.running.pop()
            ask_to_end(child.process, child.command.on_stop)
            wait_for_end(child.process, child.command.stop_within_s)
        if keep is not None:
            shutil.copytree(self.logs, keep, dirs_exist_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def logs(self) -> Path:
        """The folder of all logs."""
        return self.folder / "logs"

    def python(self, name: str, env: Mapping[str, str], *arguments: str) -> Command:
        """A program of the checkout, by the Python that runs us."""
        argv = (sys.executable, *arguments)
        return Command(name, argv, env, CHECKOUT, self.logs / f"{name}.log")


def begin() -> Servers:
    """A folder and its secrets; nothing runs yet."""
    folder = Path(tempfile.mkdtemp(prefix="muster-bench-"))
    folder.chmod(0o755)
    for part in PARTS:
        (folder / part).mkdir()
    return Servers(folder, keys.load_or_make(folder / "secrets.json"))


def start_postgres(servers: Servers) -> postgres.Postgres:
    """The one Postgres of all cells, as durable as the embedded one of `./run`."""
    server = postgres.place(servers.folder / "postgres", ports.any_free(), servers.secrets)
    env = environment.bare(os.environ)
    command = postgres.command(server, env=env, log=servers.logs / "postgres.log")
    child = servers.spawn("postgres", 0, command)
    postgres.wait_and_prepare(server, lambda: child.process.poll() is None)
    return server


def start_valkey(servers: Servers, role: str, cell: int) -> valkey.Valkey:
    """A Valkey of a cell: Muster's own queues, or those of its services."""
    folder = servers.folder / "valkey" / f"{role}-{cell}"
    folder.mkdir()
    server = valkey.Valkey(folder, ports.any_free(), servers.secrets["valkey"])
    env = environment.bare(os.environ)
    log = servers.logs / f"{role}-{cell}.log"
    child = servers.spawn(role, cell, valkey.command(server, env=env, log=log))
    valkey.wait(server, lambda: child.process.poll() is None)
    return server


def logins(server: valkey.Valkey, units: Sequence[world.Unit]) -> None:
    """A login for each app's queues, so that each has a connection of its own."""
    client = redis.Redis.from_url(server.url)
    with client.pipeline(transaction=False) as pipe:
        for app in world.redis_slugs(units):
            rights = ("on", f">{server.password}", "~*", "&*", "+@all")
            pipe.execute_command(  # type: ignore[no-untyped-call]
                "ACL", "SETUSER", world.redis_user(app), *rights
            )
        pipe.execute()


def muster(servers: Servers, cell: int, env: Mapping[str, str]) -> None:
    """Muster's processes for a cell, as `./run` starts them: no pages, and no traffic."""
    for row in processes.platform(ports.Ports(0), "127.0.0.1"):
        if row.name not in ROLES:
            continue
        name, role = f"{row.name}-{cell}", ROLES[row.name]
        own = {"PGAPPNAME": role, "BENCH_JOBS": str(jobs_file(servers, cell))}
        timed = replace(row, name=name, arguments=timed_arguments(row.arguments))
        command = processes.command(timed, env={**env, **own}, checkout=CHECKOUT, logs=servers.logs)
        servers.spawn(role, cell, command)


def timed_arguments(arguments: Sequence[str]) -> tuple[str, ...]:
    """The same with the worker that notes what each job cost."""
    return tuple(
        "bench.loop.worker.Timed" if each == "jobs.worker.Worker" else each for each in arguments
    )


def jobs_file(servers: Servers, cell: int) -> Path:
    """Where a cell's workers note what their jobs cost."""
    return servers.logs / f"jobs-{cell}.jsonl"
