"""Starts the stand-in for Consul inside the test's process, and speaks HTTP with it."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.cluster.consul_api import Agent, ConsulServer
from local.cluster.web import open_direct

TOKEN = "the-token"


@dataclass(frozen=True)
class Answer:
    """What came back; `body` is parsed where it is JSON."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def index(self) -> int:
        return int(self.headers["X-Consul-Index"])


@dataclass(frozen=True)
class Client:
    """One Consul, real or not."""

    address: str
    token: str | None = TOKEN

    def call(self, method: str, path: str, body: Any = None, token: str | None = None) -> Answer:
        """The answer to one request; a str goes out as it is, all else as JSON."""
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        headers = {"X-Consul-Token": token or self.token or ""}
        request = urllib.request.Request(
            self.address + path,
            None if body is None else data,
            headers if headers["X-Consul-Token"] else {},
            method=method,
        )
        try:
            answer = open_direct(request, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read().decode()
            kind = answer.headers.get("Content-Type", "")
            body = json.loads(text) if kind.startswith("application/json") else text
            return Answer(answer.status, body, answer.headers)

    def get(self, path: str) -> Any:
        return self.call("GET", path).body

    def put(self, path: str, body: Any = None) -> Any:
        return self.call("PUT", path, body).body


@contextmanager
def consul(state: Path, port: int = 0) -> Iterator[Client]:
    """A running stand-in over this state file."""
    agent = Agent(state, TOKEN)
    server = ConsulServer(port, agent)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Client(f"http://127.0.0.1:{server.server_port}")
    finally:
        agent.runner.sync({})
        server.shutdown()
        thread.join()
        server.server_close()
