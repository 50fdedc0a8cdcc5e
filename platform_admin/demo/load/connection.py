"""The least of HTTP/1.1 that a load needs: GET over kept connections.

A library with all of HTTP costs several times as much processor a request as the app under load.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

CONNECT_S = 5.0
MOST_KEPT = 256


class Failed(Exception):
    """No answer came, or none that is HTTP; the message says why in two or three words."""


@dataclass(frozen=True)
class Target:
    """Where requests go: an address to connect to, and the Host and path that are asked for."""

    address: str
    port: int
    host: str
    path: str

    def head(self) -> bytes:
        """The request as it is sent."""
        return f"GET {self.path} HTTP/1.1\r\nHost: {self.host}\r\nAccept: */*\r\n\r\n".encode()


Kept = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Connections:
    """Connections to one target; an answered one is used again."""

    target: Target
    _idle: list[Kept] = field(default_factory=list)

    async def get(self) -> int:
        """The status of the answer, its body read. Failed: no connection, or it broke.

        A kept connection that the server closed meanwhile, before any answer, is no failure of
        the server: the request goes out again on a fresh one.
        """
        while self._idle:
            kept = self._idle.pop()
            if kept[0].at_eof():
                kept[1].close()
                continue
            try:
                return await self._ask(kept)
            except _Closed:
                break
        try:
            return await self._ask(await self._connect())
        except _Closed as error:
            raise Failed("closed without an answer") from error

    def close(self) -> None:
        """Nothing; no kept connection is left."""
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()

    async def _connect(self) -> Kept:
        try:
            opening = asyncio.open_connection(self.target.address, self.target.port)
            return await asyncio.wait_for(opening, CONNECT_S)
        except OSError as error:  # TimeoutError is one
            raise Failed("no connection") from error

    async def _ask(self, connection: Kept) -> int:
        reader, writer = connection
        whole = False
        try:
            writer.write(self.target.head())
            status, keep = await _answer(reader)
            whole = keep and len(self._idle) < MOST_KEPT
            return status
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            raise Failed("broken answer") from error
        finally:
            # Also when it is given up: half an answer must not meet the next request.
            if whole:
                self._idle.append(connection)
            else:
                writer.close()


class _Closed(Exception):
    """The server closed the connection before it answered a byte."""


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """The status, and whether the connection may be used again."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        raise _Closed from error
    except ConnectionError as error:
        raise _Closed from error
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    status = int(first.split()[1])
    keep = headers.get("connection", "").lower() != "close"
    if headers.get("transfer-encoding", "").lower() == "chunked":
        await _chunks(reader)
    elif "content-length" in headers:
        await reader.readexactly(int(headers["content-length"]))
    else:
        await reader.read()
        keep = False
    return status, keep


async def _chunks(reader: asyncio.StreamReader) -> None:
    while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
        await reader.readexactly(size + 2)
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass
