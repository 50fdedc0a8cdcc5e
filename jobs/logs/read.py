"""Pieces of one stream of an instance, before a place or after it; ClusterError from each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from jobs.errors import Unavailable
from jobs.logs.cut import first_whole, last_whole
from jobs.logs.place import Kept, Place
from jobs.nomad import Nomad

STREAMS = ("stdout", "stderr")
TRIES = 3
DOWNLOADED_BYTES = 256 * 1024
T = TypeVar("T")


@dataclass(frozen=True)
class Stream:
    """One of the two streams of an instance."""

    nomad: Nomad
    instance: str
    name: str

    def kept(self) -> Kept:
        """What is kept of it now."""
        return Kept(self.nomad.log_files(self.instance, stream=self.name))


@dataclass(frozen=True)
class Piece:
    """Bytes of a stream, of which so many are kept `before` them.

    `gap`: what was asked for is not kept any more, and this is the first that follows it.
    """

    kept: Kept
    before: int
    data: bytes
    gap: bool = False

    def place(self, offset: int) -> Place:
        """Where a byte of it is."""
        return self.kept.place(self.before + offset)

    @property
    def start(self) -> Place:
        """Where it begins."""
        return self.place(0)

    @property
    def end(self) -> Place:
        """Where it ends."""
        return self.place(len(self.data))

    @property
    def after(self) -> int:
        """How many bytes are kept that follow it."""
        return self.kept.size - self.before - len(self.data)


class _Moved(Exception):
    """A file was dropped between two calls."""


def before(stream: Stream, place: Place | None, most: int) -> Piece:
    """What ends at the place, or at the end of all: the last whole lines in so many bytes.

    Of a line that is longer than that, whole characters.
    """
    return _tried(stream, partial(_before, stream, place, most))


def after(stream: Stream, place: Place, most: int) -> Piece:
    """What follows the place: whole lines in so many bytes, or all up to the end as it stands.

    Of a line that is longer than that, whole characters.
    """
    return _tried(stream, partial(_after, stream, place, most))


def everything(stream: Stream, kept: Kept) -> Iterator[bytes]:
    """All that was kept, byte for byte, a piece at a time.

    What Nomad drops while it is read is missing.
    """
    place, end = kept.place(0), kept.place(kept.size)
    while place < end:
        data, place = _tried(stream, partial(_next, stream, place, end))
        if not data:
            return
        yield data


def _tried(stream: Stream, read: Callable[[Kept], T]) -> T:
    for _ in range(TRIES):
        try:
            return read(stream.kept())
        except _Moved:
            continue
    raise Unavailable("nomad drops the log faster than it is read", server="nomad")


def _before(stream: Stream, place: Place | None, most: int, kept: Kept) -> Piece:
    end = kept.size if place is None else kept.index(place)
    start = max(0, end - most)
    data = _raw(stream, kept, start, end - start)
    if start:
        skipped = first_whole(data)
        start, data = start + skipped, data[skipped:]
    return Piece(kept, start, data, gap=place is not None and kept.dropped(place))


def _after(stream: Stream, place: Place, most: int, kept: Kept) -> Piece:
    start = kept.index(place)
    data = _raw(stream, kept, start, min(most, kept.size - start))
    if start + len(data) < kept.size:
        data = data[: last_whole(data)]
    return Piece(kept, start, data, gap=kept.dropped(place))


def _next(stream: Stream, place: Place, end: Place, kept: Kept) -> tuple[bytes, Place]:
    start = kept.index(place)
    data = _raw(stream, kept, start, min(DOWNLOADED_BYTES, kept.index(end) - start))
    return data, kept.place(start + len(data))


def _raw(stream: Stream, kept: Kept, start: int, length: int) -> bytes:
    """The bytes from there; _Moved where they are not those that stood there in `kept`."""
    data, end = bytearray(), kept.place(start)
    while len(data) < length:
        parts = stream.nomad.log_parts(
            stream.instance, start + len(data), length - len(data), stream=stream.name
        )
        if not parts:
            break
        for part in parts:
            if not kept.meet(end, Place(part.number, part.offset)):
                raise _Moved
            data += part.data
            end = Place(part.number, part.offset + len(part.data))
    return bytes(data)
