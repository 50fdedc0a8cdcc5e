"""One exchange with an instance behind the edge, over kept or fresh connections."""

from __future__ import annotations

import http.client
import select
import socket
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

DIAL_TIMEOUT_S = 1.0
PIECE = 64 * 1024
MOST_IDLE = 32  # kept connections an address
REPEATABLE = ("GET", "HEAD", "OPTIONS")


class NotReached(Exception):
    """Nothing of the request reached the instance: it may be sent again, or elsewhere."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Broken(Exception):
    """The instance took the request, or a part of it, and gave no whole answer."""


@dataclass(frozen=True)
class Outgoing:
    """What is sent. `body` is None where there is none, else its pieces as they go out."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]]
    body: Iterable[bytes] | None = None

    def head(self) -> bytes:
        """The request line and the headers."""
        lines = [f"{self.method} {self.target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


@dataclass(frozen=True)
class Reply:
    """The answer's head is read, its body is not."""

    response: http.client.HTTPResponse
    connection: socket.socket

    def pieces(self) -> Iterator[bytes]:
        """The body as it comes; raises Broken where it ends too early."""
        left = self.response.length
        try:
            while left is None or left > 0:
                piece = self.response.read1(PIECE if left is None else min(left, PIECE))
                if not piece and left:
                    raise Broken("the answer ended too early")
                if not piece:
                    return
                left = None if left is None else left - len(piece)
                yield piece
        except (OSError, http.client.HTTPException) as error:
            raise Broken(str(error)) from error

    def close(self) -> None:
        """Ends the connection."""
        self.response.close()
        self.connection.close()


class Upstreams:
    """Sends requests. Only what may be repeated uses a kept connection, so that one which the
    instance closed meanwhile never costs a request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: defaultdict[str, list[socket.socket]] = defaultdict(list)

    def send(self, url: str, request: Outgoing) -> Reply:
        """The head of the answer; raises NotReached or Broken."""
        if request.body is None and request.method in REPEATABLE and (kept := self._take(url)):
            try:
                return _exchange(kept, request)
            except Broken:
                kept.close()
        fresh = _connect(url)
        try:
            return _exchange(fresh, request)
        except BaseException:
            fresh.close()
            raise

    def done(self, url: str, reply: Reply) -> None:
        """Keeps the connection of a wholly read answer, where it can be used again."""
        reply.response.close()
        with self._lock:
            idle = self._idle[url]
            if not reply.response.will_close and len(idle) < MOST_IDLE:
                idle.append(reply.connection)
                return
        reply.connection.close()

    def _take(self, url: str) -> socket.socket | None:
        while True:
            with self._lock:
                kept = self._idle[url].pop() if self._idle[url] else None
            if kept is None or not select.select([kept], [], [], 0)[0]:
                return kept
            kept.close()  # readable while nothing was asked: closed by the other side

    def keep_only(self, urls: Iterable[str]) -> None:
        """Closes what is kept for addresses that are gone."""
        with self._lock:
            gone = [self._idle.pop(url) for url in set(self._idle) - set(urls)]
        for connection in (each for idle in gone for each in idle):
            connection.close()


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    try:
        address = (parts.hostname or "", parts.port or 80)
        connection = socket.create_connection(address, DIAL_TIMEOUT_S)
    except TimeoutError as error:
        raise NotReached(504) from error
    except OSError as error:
        raise NotReached(502) from error
    connection.settimeout(None)  # an answer may take as long as it takes
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _exchange(connection: socket.socket, request: Outgoing) -> Reply:
    response = http.client.HTTPResponse(connection, method=request.method)
    try:
        _write(connection, request)
        response.begin()
    except (OSError, http.client.HTTPException, ValueError) as error:
        response.close()
        raise Broken(str(error)) from error
    return Reply(response, connection)


def _write(connection: socket.socket, request: Outgoing) -> None:
    connection.sendall(request.head())
    for piece in request.body or ():
        try:
            connection.sendall(piece)
        except ConnectionError:
            return  # it may have answered before it read all
