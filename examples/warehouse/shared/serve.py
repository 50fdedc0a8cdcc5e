"""A web server from a table of routes, of the standard library alone."""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

LONGEST_BODY = 10_000


@dataclass(frozen=True)
class Reply:
    """What a route answers: a value as JSON, with its status and further headers."""

    value: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Route = Callable[[str, bytes], Reply]
Routes = Mapping[tuple[str, str], Route]


def serve(routes: Routes, headers: Mapping[str, str] | None = None) -> None:
    """Nothing; answers on $PORT until a SIGTERM, and then what it has begun.

    Routes stand by method and path, one that ends with a slash for all paths below it; each gets
    the rest of the path, and the body. All answers have `headers`.
    """
    table = {("GET", "/health"): lambda rest, body: Reply("ok"), **routes}
    handler = type("Handler", (_Handler,), {"routes": table, "always": headers or {}})
    server = _Server(("0.0.0.0", int(os.environ["PORT"])), handler)  # noqa: S104 the edge asks here
    # From another thread: shutdown waits for the loop that the signal has interrupted.
    ends = threading.Thread(target=server.shutdown)
    signal.signal(signal.SIGTERM, lambda number, frame: ends.start())
    server.serve_forever()
    server.server_close()


class _Server(ThreadingHTTPServer):
    """Waits at its end for the requests that it works on."""

    daemon_threads = False
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    routes: Routes
    always: Mapping[str, str]

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        size = min(int(self.headers.get("Content-Length") or 0), LONGEST_BODY)
        self._send(self._reply(method, urlsplit(self.path).path, self.rfile.read(size)))

    def _reply(self, method: str, path: str, body: bytes) -> Reply:
        route, rest = self._route(method, path)
        if route is None:
            return Reply({"error": "There is no such page."}, 404)
        try:
            return route(unquote(rest), body)
        except Exception:
            logging.exception("%s %s failed", method, path)
            return Reply({"error": "Something went wrong."}, 500)

    def _route(self, method: str, path: str) -> tuple[Route | None, str]:
        above, _, rest = path.rpartition("/")
        if (method, path) in self.routes or not above:
            return self.routes.get((method, path)), ""
        return self.routes.get((method, f"{above}/")), rest

    def _send(self, reply: Reply) -> None:
        body = json.dumps(reply.value).encode()
        plain = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        self.send_response(reply.status)
        for name, value in {**plain, **self.always, **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
