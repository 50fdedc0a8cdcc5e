"""A small real server for the load: what it answers and when is told by the path."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

BODY = b"done\n"


@dataclass
class Server:
    """Answers `/wait/S` after S seconds, `/status/N` with N, `/cut` and `/half` by closing.

    `/chunked` and `/close` answer in these ways. `came` are the moments (of its loop's clock,
    which is the machine's) at which requests came, `connections` how many were opened.
    """

    port: int = 0
    connections: int = 0
    came: list[float] = field(default_factory=list)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def run(self, ready: threading.Event) -> None:
        """Nothing; it serves until its loop is stopped."""
        asyncio.set_event_loop(self._loop)
        starting = asyncio.start_server(self._connection, "127.0.0.1", 0)
        server = self._loop.run_until_complete(starting)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()

    def stop(self) -> None:
        """Nothing; the loop ends soon."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.came.append(self._loop.time())
                _, what, *more = head.split()[1].decode().split("/")
                if not await _answer(writer, what, *more):
                    break
        writer.close()


async def _answer(writer: asyncio.StreamWriter, what: str, value: str = "") -> bool:
    """Whether the connection stays open."""
    if what == "wait":
        await asyncio.sleep(float(value))
    if what == "half":
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ndo")
    elif what == "chunked":
        writer.write(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndone\n\r\n0\r\n\r\n"
        )
    elif what != "cut":
        status = value if what == "status" else "200"
        closing = "Connection: close\r\n" if what == "close" else ""
        writer.write(f"HTTP/1.1 {status} X\r\n{closing}Content-Length: 5\r\n\r\n".encode() + BODY)
    return what not in ("half", "cut", "close")


@contextmanager
def serving() -> Iterator[Server]:
    """A server in a thread of its own."""
    server, ready = Server(), threading.Event()
    thread = threading.Thread(target=server.run, args=(ready,), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield server
    server.stop()
    thread.join(10)
