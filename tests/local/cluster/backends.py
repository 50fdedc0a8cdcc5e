"""Instances for the edge to talk to, and an edge around them, inside the test's process."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local.cluster.edge.config import Config, build
from local.cluster.edge.proxy import EntryPoint, Shared

Conversation = Callable[[socket.socket], None]


class Told(BaseHTTPRequestHandler):
    """Answers with what it was sent, as JSON."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1  # type: ignore[attr-defined]

    def _read(self) -> bytes:
        if "Transfer-Encoding" not in self.headers:
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def do_GET(self) -> None:
        heads = [[name.lower(), value] for name, value in self.headers.items()]
        told = {"path": self.path, "headers": heads, "body": self._read().decode()}
        data = json.dumps({**told, "method": self.command}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "b=2")
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else data)

    do_POST = do_PUT = do_DELETE = do_HEAD = do_BREW = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def telling() -> Iterator[ThreadingHTTPServer]:
    """A running instance; `connections` counts how many it had."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Told)
    server.connections = 0  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.01,)).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def talking(talk: Conversation) -> Iterator[str]:
    """The URL of an instance that holds this conversation on each connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_hold, args=(talk, connection), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _hold(talk: Conversation, connection: socket.socket) -> None:
    with connection:
        talk(connection)


def heard(connection: socket.socket) -> bytes:
    """The head of the next request, empty when the other side is done."""
    found = b""
    while b"\r\n\r\n" not in found and (piece := connection.recv(65536)):
        found += piece
    return found


def url(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def routing(*addresses: str, pairs: Mapping[str, str] | None = None, retry: bool = True) -> Config:
    """All that comes to `web` goes to these addresses."""
    keys = {
        "http/routers/all/rule": "PathPrefix(`/`)",
        "http/routers/all/service": "shop@consulcatalog",
        "http/routers/all/entryPoints/0": "web",
        "http/middlewares/again/retry/attempts": "3",
        "http/middlewares/again/retry/initialInterval": "1ms",
    }
    if retry:
        keys["http/routers/all/middlewares/0"] = "again"
    return build({**keys, **(pairs or {})}, {"shop": (["traefik.enable=true"], [*addresses])})


class Edge:
    """An entry point `web`; `shared.take(...)` gives it another configuration."""

    def __init__(self, config: Config) -> None:
        self.shared = Shared()
        self.shared.take(config)
        self.server = EntryPoint("web", 0, self.shared)

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.server.server_port

    def connect(self) -> HTTPConnection:
        return HTTPConnection(*self.address, timeout=10)

    def ask(self, method: str = "GET", path: str = "/", **more: object) -> HTTPResponse:
        """The answer to one request, its body still to be read."""
        connection = self.connect()
        connection.request(method, path, **more)  # type: ignore[arg-type]
        return connection.getresponse()

    def told(self, method: str = "GET", path: str = "/", **more: object) -> dict[str, object]:
        """What the instance was sent."""
        with self.ask(method, path, **more) as answer:
            found: dict[str, object] = json.loads(answer.read())
        return found

    def raw(self, data: bytes) -> bytes:
        """Everything that comes back for these bytes until the edge closes."""
        with socket.create_connection(self.address, 10) as connection:
            connection.sendall(data)
            found = b""
            while piece := connection.recv(65536):
                found += piece
            return found


@contextmanager
def edge(config: Config) -> Iterator[Edge]:
    """A running edge with this configuration."""
    found = Edge(config)
    threading.Thread(target=found.server.serve_forever, args=(0.01,)).start()
    try:
        yield found
    finally:
        found.server.shutdown()
        found.server.server_close()
