"""The edge's entry points: HTTP/1.1 in, routed, balanced, retried and passed on."""

from __future__ import annotations

import posixpath
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.cluster.edge.admission import Admission
from local.cluster.edge.balance import Balance
from local.cluster.edge.config import Config, Middleware, Router
from local.cluster.edge.metrics import Labels, Metrics
from local.cluster.edge.rules import Head
from local.cluster.edge.upstream import PIECE, Broken, NotReached, Outgoing, Reply, Upstreams

IDLE_S = 180.0
DRAINED = 256 * 1024  # so much of a body that nobody reads is taken off the connection
HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "expect"}
HOP_BY_HOP |= {"transfer-encoding", "upgrade"}
FORWARDED = re.compile("x-forwarded-(for|host|port|proto|server|prefix|uri|method)|x-real-ip")


@dataclass
class Shared:
    """What all entry points have in common; `config` is replaced as a whole."""

    metrics: Metrics = field(default_factory=Metrics)
    balance: Balance = field(default_factory=Balance)
    upstreams: Upstreams = field(default_factory=Upstreams)
    config: Config = field(default_factory=Config)
    admission: Admission = field(default_factory=Admission)

    def take(self, config: Config) -> None:
        """From now on requests go by this configuration; those in flight are left alone."""
        self.config, self.admission = config, Admission()
        self.metrics.loaded()
        servers = (server for service in config.services.values() for server in service.servers)
        self.upstreams.keep_only(servers)


class EntryPoint(ThreadingHTTPServer):
    """Listens on 127.0.0.1, a thread a connection."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, name: str, port: int, shared: Shared) -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.name, self.shared = name, shared

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are no news."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_S
    wbufsize = PIECE
    server: EntryPoint

    def setup(self) -> None:
        super().setup()
        self.server.shared.metrics.opened(self.server.name, 1)

    def finish(self) -> None:
        self.server.shared.metrics.opened(self.server.name, -1)
        super().finish()

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):  # every method is passed on
            return self._serve
        raise AttributeError(name)

    def handle_expect_100(self) -> bool:
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the metrics tell."""

    def _serve(self) -> None:
        self.received = self.sent = self.code = 0
        started, lengths = time.perf_counter(), set(self.headers.get_all("Content-Length", []))
        self.chunked = "Transfer-Encoding" in self.headers
        length, coding = (lengths or {"0"}).pop(), self.headers.get("Transfer-Encoding", "chunked")
        self.unread = int(length) if length.isdigit() else 0
        clear = length.isdigit() and not lengths and coding.lower() == "chunked"
        clear &= not (self.chunked and self.unread) and not self.headers.defects
        if not clear or self.path[:1] != "/":
            self.close_connection = True
            self._answer(400, "Bad Request")
        else:
            self._route()
        self.wfile.flush()
        self._drain()
        self._count("entrypoint", self.server.name, self.code, started)

    def _count(self, kind: str, name: str, code: int, started: float, to: str = "") -> None:
        labels = Labels(kind, name, code, self.command, self._protocol(), to)
        duration_s = time.perf_counter() - started
        self.server.shared.metrics.count(labels, duration_s, self.received, self.sent)

    def _protocol(self) -> str:
        if self.headers.get("Upgrade", "").lower() == "websocket":
            return "websocket"
        return "sse" if "text/event-stream" in self.headers.get("Accept", "") else "http"

    def _route(self) -> None:
        path, mark, query = self.path.partition("?")
        path, config = _clean(path), self.server.shared.config
        names = {name.lower() for name in self.headers}
        headers = {name: tuple(self.headers.get_all(name, [])) for name in names}
        host = re.sub(r":\d*$", "", self.headers.get("Host", ""))
        router = config.route(self.server.name, Head(host, path, headers))
        if router is None:
            self._answer(404, "404 page not found\n")
            return
        started = time.perf_counter()
        chain = [config.middlewares[name] for name in router.middlewares]
        if sent := next((each.redirect for each in chain if each.redirect), None):
            where = sent.location(f"http://{self.headers.get('Host', '')}{self.path}")
            if where is not None:
                code = sent.code(self.command)
                self._answer(code, _text(code), ("Location", where))
                self._count("router", router.name, self.code, started, router.leads_to)
                return
        most = min((m.in_flight for m in chain if m.in_flight is not None), default=None)
        with self.server.shared.admission.asked(router.name, host, most) as let_in:
            if let_in:
                path, outgoing = self._rewritten(path, chain)
                request = Outgoing(self.command, path + mark + query, outgoing, self._body())
                attempts = max((each.attempts, each.interval_s) for each in (*chain, Middleware()))
                self._attempt(config, router, request, *attempts)
            else:
                self._answer(429, f"max connections reached: {most}")
        self._count("router", router.name, self.code, started, router.leads_to)

    def _rewritten(self, path: str, chain: list[Middleware]) -> tuple[str, list[tuple[str, str]]]:
        """The path and the headers as they go to the instance."""
        dropped = HOP_BY_HOP | set(self._listed("Connection"))
        headers = [(k, v) for k, v in self.headers.items() if k.lower() not in dropped]
        headers = [(k, v) for k, v in headers if not FORWARDED.fullmatch(k.lower())]
        headers += self._forwarded()
        for each in chain:
            prefix = next((prefix for prefix in each.strip if path.startswith(prefix)), "")
            if prefix:
                path = "/" + path.removeprefix(prefix).lstrip("/")
                headers.append(("X-Forwarded-Prefix", prefix))
            replaced = {name.lower() for name in each.headers}
            headers = [(k, v) for k, v in headers if k.lower() not in replaced]
            headers += [(k, v) for k, v in each.headers.items() if v]
        return path, headers

    def _listed(self, name: str) -> list[str]:
        return [each.strip().lower() for each in self.headers.get(name, "").split(",")]

    def _forwarded(self) -> list[tuple[str, str]]:
        client, host = self.client_address[0], self.headers.get("Host", "")
        found = [("X-Forwarded-For", client), ("X-Forwarded-Host", host), ("X-Real-Ip", client)]
        found += [("X-Forwarded-Port", str(self.server.server_port))]
        found += [("X-Forwarded-Proto", "http"), ("X-Forwarded-Server", socket.gethostname())]
        if self.chunked:
            found.append(("Transfer-Encoding", "chunked"))
        if "upgrade" in self._listed("Connection"):
            found += [("Connection", "Upgrade"), ("Upgrade", self.headers.get("Upgrade", ""))]
        return found

    def _body(self) -> Iterator[bytes] | None:
        if self.chunked:
            return self._chunks()
        return self._plain() if self.unread else None

    def _plain(self) -> Iterator[bytes]:
        while self.unread and (piece := self.rfile.read1(min(self.unread, PIECE))):
            self.unread -= len(piece)
            self.received += len(piece)
            yield piece
        if self.unread:
            raise Broken("the client sent less than it said")

    def _chunks(self) -> Iterator[bytes]:
        """The body's chunks with their frame, as they came; trailers are dropped."""
        while size := int(self.rfile.readline(PIECE).partition(b";")[0], 16):
            piece = self.rfile.read(size)
            if len(piece) < size or self.rfile.readline(PIECE).strip():
                raise Broken("the client's chunks are broken")
            self.received += size
            yield b"%x\r\n%b\r\n" % (size, piece)
        while self.rfile.readline(PIECE).strip():
            pass
        self.chunked = False
        yield b"0\r\n\r\n"

    def _drain(self) -> None:
        """Takes an unread body off, so that closing does not cut the answer off."""
        if self.chunked or self.unread:
            self.close_connection = True
            self.connection.settimeout(0.5)
            try:
                self.rfile.read(0 if self.chunked else min(self.unread, DRAINED))
            except OSError:
                return

    def _attempt(
        self, config: Config, router: Router, request: Outgoing, attempts: int, pause_s: float
    ) -> None:
        """Sends the request to one instance after another, until one takes it."""
        shared, tried = self.server.shared, set[str]()
        for last in (*[False] * (attempts - 1), True):
            started = time.perf_counter()
            service, url = shared.balance.choose(config.services, router.leads_to, tried)
            code = self._send(url, request) if url else 503
            if code and (last or not url):
                self._answer(code, "no available server" if code == 503 else _text(code))
            self._count("service", service, code or self.code, started)
            if not code or not url:
                return
            tried.add(url)
            time.sleep(0 if last else pause_s)

    def _send(self, url: str, request: Outgoing) -> int:
        """0 when the client has been answered, else the status that this attempt comes to."""
        with self.server.shared.balance.busy(url):
            try:
                reply = self.server.shared.upstreams.send(url, request)
            except NotReached as missed:
                return missed.status
            except (Broken, ValueError):
                self._answer(502, _text(502))
                return 0
            self._pass_on(url, reply)
        return 0

    def _pass_on(self, url: str, reply: Reply) -> None:
        response = reply.response
        self.code = response.status
        try:
            if response.status == 101:
                self._tunnel(reply)
            elif self._relay(reply):
                self.server.shared.upstreams.done(url, reply)
                return
        except (Broken, OSError):
            self.close_connection = True  # cut off, so that nobody takes it for the whole
        reply.close()

    def _head(self, reply: Reply) -> None:
        response = reply.response
        self.send_response_only(response.status, response.reason)
        for name, value in response.headers.items():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)

    def _relay(self, reply: Reply) -> bool:
        """Passes the answer on as it comes; True when its connection can be used again."""
        response, known = reply.response, reply.response.length is not None
        old = self.request_version == "HTTP/1.0"
        self._head(reply)
        if not known and not old:
            self.send_header("Transfer-Encoding", "chunked")
        self.close_connection |= (old and not known) or bool(self.chunked or self.unread)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        for piece in self._flushed(reply, at_once=not known):
            self.sent += len(piece)
            self.wfile.write(piece if known or old else b"%x\r\n%b\r\n" % (len(piece), piece))
        if not known and not old:
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()
        return not response.will_close

    def _flushed(self, reply: Reply, at_once: bool) -> Iterator[bytes]:
        if at_once:
            self.wfile.flush()
        for piece in reply.pieces():
            yield piece
            self.wfile.flush()

    def _tunnel(self, reply: Reply) -> None:
        """Passes bytes both ways until both sides have ended."""
        self._head(reply)
        self.send_header("Connection", "Upgrade")
        self.send_header("Upgrade", reply.response.headers.get("Upgrade", ""))
        self.end_headers()
        self.wfile.flush()
        self.close_connection = True
        self.connection.settimeout(None)
        back = (reply.response.fp, self.connection)
        other = threading.Thread(target=_pump, args=back, daemon=True)
        other.start()
        _pump(self.rfile, reply.connection)
        other.join()

    def _answer(self, code: int, text: str, *headers: tuple[str, str]) -> None:
        self.code, self.sent = code, len(text)
        self.send_response_only(code)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        for name, value in headers:
            self.send_header(name, value)
        if self.close_connection or self.chunked or self.unread:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else text.encode())


def _pump(source: Any, sink: socket.socket) -> None:
    try:
        while piece := source.read1(PIECE):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
    except (OSError, ValueError):
        sink.close()


def _clean(path: str) -> str:
    """The path without empty and dotted parts, as Traefik routes and passes it on."""
    clean = posixpath.normpath(re.sub("^/+", "/", path))
    return clean + "/" if path.endswith(("/", "/.", "/..")) and clean != "/" else clean


def _text(code: int) -> str:
    return HTTPStatus(code).phrase
