"""The HTTP server under every part of the local cluster: a table of routes, and nothing else."""

from __future__ import annotations

import hmac
import json
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from urllib.request import ProxyHandler, build_opener

from local.cluster.say import say

LONGEST_WAIT_S = 300.0


class Refusal(Exception):
    """A request that is answered with this status and plain text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


@dataclass(frozen=True)
class Request:
    """One request. `path` holds the named parts of the route's path, decoded."""

    method: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON (None for an empty one); raises ValueError for anything else."""
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class Answer:
    """What goes back. `body`: bytes and str as they are, an iterator piece by piece, else JSON."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Request], Answer]


@dataclass(frozen=True)
class Route:
    """A row of a route table. `{name}` is one segment of the path, `{name*}` all that follows."""

    method: str
    path: str
    handler: Handler
    open: bool = False  # answered without a token, as the real server does

    def matches(self, method: str, raw_path: str) -> Mapping[str, str] | None:
        """The path's named parts, decoded; None when this row is not meant."""
        found = re.fullmatch(_pattern(self.path), raw_path) if method == self.method else None
        return {k: unquote(v) for k, v in found.groupdict().items()} if found else None


@cache
def _pattern(path: str) -> str:
    return re.sub(r"\\{(\w+)(\\\*)?\\}", _part, re.escape(path))


def _part(found: re.Match[str]) -> str:
    return f"(?P<{found[1]}>{'.*' if found[2] else '[^/]+'})"


@dataclass(frozen=True)
class Guard:
    """How tokens are checked: the header's name, the right token, what a wrong one is told."""

    header: str
    token: str
    denied: Callable[[str], str] = lambda given: "Permission denied"

    def check(self, headers: Mapping[str, str]) -> None:
        """Raises Refusal(403) unless the header, or a bearer, holds the right token."""
        bearer = headers.get("Authorization", "").removeprefix("Bearer ")
        given = headers.get(self.header) or bearer
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            raise Refusal(403, self.denied(given))


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1. `port` 0 asks the kernel for one; read it from `server_port`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, routes: Sequence[Route], guard: Guard | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.routes = routes
        self.guard = guard

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """What the table says to this request; 501, loudly, for what it does not hold."""
        url = urlsplit(target)
        for route in self.routes:
            parts = route.matches(method, url.path)
            if parts is not None:
                if self.guard and not route.open:
                    self.guard.check(headers)
                query = dict(parse_qsl(url.query, keep_blank_values=True))
                return route.handler(Request(method, parts, query, headers, body))
        text = f"the local cluster does not implement {method} {url.path}"
        say(text)
        return Answer(text, 501)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def changes(method: str, target: str) -> bool:
    """Whether such a request is sent to change something: a plan is only a question."""
    return method not in ("GET", "HEAD") and not urlsplit(target).path.endswith("/plan")


def line(method: str, target: str, status: int) -> str:
    """What the log says of a request: without its query, where somebody may have put a token."""
    return f"{method} {urlsplit(target).path} {status}"


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024  # head and body leave in one piece
    server: Server

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        try:
            answer = self.server.answer(self.command, self.path, self.headers, body)  # type: ignore[arg-type]
        except Refusal as refusal:
            answer = Answer(refusal.text, refusal.status)
        except Exception as error:
            self.log_error("%s %s: %r", self.command, self.path, error)
            self._send(Answer(f"internal error: {error}", 500))
            raise
        if changes(self.command, self.path):
            say(line(self.command, self.path, answer.status))
        self._send(answer)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = _serve

    def _send(self, answer: Answer) -> None:
        if isinstance(answer.body, Iterator):
            self._stream(answer, answer.body)
            return
        data, kind = _encode(answer.body)
        self.send_response(answer.status)
        for name, value in {"Content-Type": kind, **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else data)
        self.wfile.flush()

    def _stream(self, answer: Answer, pieces: Iterator[bytes]) -> None:
        self.close_connection = True
        self.send_response(answer.status)
        for name, value in {**answer.headers, "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        for piece in pieces:
            self.wfile.write(piece)
            self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Not each request is worth a line; see _serve and log_error."""

    def log_error(self, format: str, *args: Any) -> None:
        say(format % args)


def _encode(body: Any) -> tuple[bytes, str]:
    if isinstance(body, bytes):
        return body, "text/plain; charset=utf-8"
    if isinstance(body, str):
        return body.encode(), "text/plain; charset=utf-8"
    return json.dumps(body).encode(), "application/json"


class Changes:
    """Wakes the readers that wait for an index (blocking queries)."""

    def __init__(self) -> None:
        self._condition = threading.Condition()

    def notify(self) -> None:
        """Call after each change, outside of the lock on the state."""
        with self._condition:
            self._condition.notify_all()

    def wait(self, request: Request, index: Callable[[], int]) -> None:
        """Returns when `index()` is above the request's `index`, or after its `wait`."""
        seen, longest = request.query.get("index", "0"), request.query.get("wait", "")
        if not seen.isdigit() or int(seen) == 0:
            return
        self.until(lambda: index() > int(seen), seconds(longest, LONGEST_WAIT_S))

    def until(self, holds: Callable[[], bool], timeout_s: float | None) -> bool:
        """Whether it holds; returns as soon as it does, or after the timeout."""
        with self._condition:
            return self._condition.wait_for(holds, timeout_s)


# Opens a URL past any proxy that the environment names: the parts of a cluster meet on loopback.
open_direct = build_opener(ProxyHandler({})).open

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(text: str, default: float = 0.0) -> float:
    """A duration as Go writes it (`1m30s`, `500ms`) in seconds; the default for an empty one."""
    parts = re.findall(r"([\d.]+)(ms|s|m|h)", text)
    return sum(float(number) * UNITS[unit] for number, unit in parts) if parts else default


def run(server: Server, stop: Callable[[], None] = lambda: None) -> None:
    """Serves until SIGTERM or SIGINT; `stop` runs before this returns."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.1)
    stop()
    server.server_close()


def port_is_free(port: int) -> bool:
    """Whether nobody listens on the port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
