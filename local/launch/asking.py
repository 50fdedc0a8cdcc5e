"""Whether a part answers: asked by a few bytes now and then, and never waited for.

That a port takes connections says nothing: the kernel takes them for a process that hangs, too.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass

EVERY_S, AT_FIRST_S, PATIENCE_S = 10.0, 1.0, 5.0


@dataclass(frozen=True)
class Question:
    """What is sent to a port of the loopback address; whatever comes back is an answer."""

    port: int
    sends: bytes


def http(port: int, path: str = "/") -> Question:
    """A page of an HTTP server; a refusal is an answer too."""
    return Question(port, f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())


def postgres(port: int) -> Question:
    """Postgres' SSLRequest, answered with one byte before anybody signs in, and not logged."""
    return Question(port, b"\x00\x00\x00\x08\x04\xd2\x16\x2f")


def valkey(port: int) -> Question:
    """A ping; without a password it is refused, which is an answer."""
    return Question(port, b"PING\r\n")


@dataclass
class Asking:
    """One part's question and what came of it.

    `silent_since` is when the first question was asked that nothing came back to, by the wall's
    clock; all else is counted by one that no hand sets.
    """

    question: Question
    answered: bool = False
    silent_since: float | None = None
    _asked_at: float | None = None
    _asked_at_clock: float = 0.0
    _looked_at: float | None = None
    _socket: socket.socket | None = None

    def look(self, now: float, clock: float) -> None:
        """Nothing, at once: a question is asked when it is time, an answer taken when it is there.

        `now` is of a clock that no hand sets, `clock` of the wall's. Who did not look for longer
        than the patience (a launcher that was frozen, a machine that slept) knows nothing of the
        time between: what nothing came back to is asked again.
        """
        slept = self._looked_at is not None and now - self._looked_at > PATIENCE_S
        self._looked_at = now
        if self._socket is None:
            every_s = EVERY_S if self.answered else AT_FIRST_S
            if self._asked_at is None or now - self._asked_at >= every_s:
                self._ask(now, clock)
            return
        assert self._asked_at is not None, "it was asked"
        came = _read(self._socket)
        if came is None and not slept and now - self._asked_at < PATIENCE_S:
            return
        self.close()
        if came:
            self.answered, self.silent_since = True, None
        elif slept:
            self._ask(now, clock)
        elif self.silent_since is None:
            self.silent_since = self._asked_at_clock

    def close(self) -> None:
        """Nothing; the question that is under way is dropped."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask(self, now: float, clock: float) -> None:
        self._asked_at, self._asked_at_clock = now, clock
        try:
            made = socket.socket()
        except OSError:  # we have no more files to open, of which the part knows nothing
            return
        made.setblocking(False)
        with suppress(OSError):  # what is wrong shows when the answer is read
            made.connect_ex(("127.0.0.1", self.question.port))
            made.send(self.question.sends)
        self._socket = made


def _read(connection: socket.socket) -> bytes | None:
    """What came back; nothing where the connection was refused or closed, None while it is open."""
    try:
        return connection.recv(64)
    except BlockingIOError:
        return None
    except OSError:
        return b""
