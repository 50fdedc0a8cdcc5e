"""The shop's parts as processes, each from its unpacked archive, and a redis of their own."""

from __future__ import annotations

import io
import sys
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen

import pytest
import requests
from redis import Redis
from redis.exceptions import ConnectionError

from examples.shop import archive
from local.launch import binaries
from tests.jobs.agents import free_ports, process, until

COMMANDS = {
    "web": ("-m", "gunicorn", "web:app"),
    "api": ("-m", "gunicorn", "api:app"),
    "worker": ("work.py",),
    "migrate": ("migrate.py",),
}
ARCHIVES = {"web": "web", "api": "api", "worker": "worker", "migrate": "api"}

Child = Popen[bytes]


class Shop:
    """Starts parts; each has an instance's id and ends with the test."""

    def __init__(self, folder: Path, redis_url: str, stack: ExitStack) -> None:
        self.folder = folder
        self.redis_url = redis_url
        self.redis = Redis.from_url(redis_url)
        self._stack = stack
        self._started = 0

    def start(self, part: str, **env: str) -> Child:
        """A process of the part, in the folder where its archive is unpacked."""
        self._started += 1
        home = self.folder / f"{part}-{self._started}"
        unpacked = home / "app"
        with tarfile.open(fileobj=io.BytesIO(archive(ARCHIVES[part])), mode="r:gz") as tar:
            tar.extractall(unpacked, filter="data")
        whole = {"REDIS_URL": self.redis_url, **env}
        # As a task gets it: a working directory, and nothing of who starts it.
        command = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', str(unpacked)]
        return self._stack.enter_context(
            process([*command, sys.executable, *COMMANDS[part]], home, whole)
        )

    def serve(self, part: str, **env: str) -> str:
        """The address of a part with a port, once it answers its health check."""
        port = free_ports(1)[0]
        self.start(part, PORT=str(port), GUNICORN_CMD_ARGS=f"--bind 127.0.0.1:{port}", **env)
        address = f"http://127.0.0.1:{port}"
        until(lambda: _healthy(address))
        return address

    def migrate(self) -> int:
        """The exit code of the release command."""
        return self.start("migrate").wait(timeout=20)

    def work(self, instance: str, **env: str) -> Child:
        """A worker of that instance, once it is registered at the queue."""
        births = self._birth(instance)
        child = self.start("worker", NOMAD_ALLOC_ID=instance, **env)
        until(lambda: self._birth(instance) != births)
        return child

    def _birth(self, instance: str) -> object:
        return self.redis.hget(f"rq:worker:{instance}", "birth")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop with an empty redis and no part running."""
    port = free_ports(1)[0]
    server = [str(binaries.valkey()), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with ExitStack() as stack:
        stack.enter_context(process(server, tmp_path / "redis"))
        found = Shop(tmp_path, f"redis://127.0.0.1:{port}/0", stack)
        until(lambda: _pings(found.redis))
        yield found


def _pings(redis: Redis) -> bool:
    try:
        return bool(redis.ping())
    except ConnectionError:
        return False


def _healthy(address: str) -> bool:
    try:
        return requests.get(f"{address}/health", timeout=1).text == "ok\n"
    except requests.RequestException:
        return False
