"""The embedded Valkey: with a password, every write on disk, nothing ever evicted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL

import redis

from local.launch import asking, binaries
from local.launch.problem import Problem
from local.launch.process import Command
from local.launch.state import write_private


@dataclass(frozen=True)
class Valkey:
    """An embedded server: its folder and port."""

    folder: Path
    port: int
    password: str
    durable: bool = True

    @property
    def url(self) -> str:
        """Its first database."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"


def command(server: Valkey, *, env: Mapping[str, str], log: Path) -> Command:
    """How the server is started; the password stands in a private file, not in the arguments.

    Without its launcher it goes at once: what it wrote is with the system already.
    """
    config = server.folder / "valkey.conf"
    write_private(config, _config(server))
    argv = (str(binaries.valkey()), str(config))
    return Command(
        "valkey", argv, env, server.folder, log, on_orphan=SIGKILL, stop_within_s=15,
        purpose="holds the queues", asks=asking.valkey(server.port),
    )  # fmt: skip


def wait(server: Valkey, alive: Callable[[], bool], within_s: float = 30) -> None:
    """Nothing, when the server answers; a Problem when it stays away."""
    deadline = time.monotonic() + within_s
    client = redis.Redis.from_url(server.url, socket_connect_timeout=2, socket_timeout=2)
    while True:
        try:
            client.ping()
            return
        except redis.RedisError as error:  # loading its file counts too: it is up, not ready
            if not alive() or time.monotonic() > deadline:
                raise Problem(f"Valkey did not come up: {error}") from error
            time.sleep(0.05)


def _config(server: Valkey) -> str:
    appendonly = "yes" if server.durable else "no"
    return (
        f"bind 127.0.0.1\nport {server.port}\nrequirepass {server.password}\n"
        f'dir "{server.folder}"\nappendonly {appendonly}\nsave ""\n'
        "maxmemory-policy noeviction\ndaemonize no\n"
    )
