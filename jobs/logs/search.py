"""The lines of a log that have what is looked for, the newest first, within bytes and seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jobs.logs.place import Place
from jobs.logs.read import Piece, Stream, before
from jobs.logs.text import plain

MOST_BYTES = 16 * 1024 * 1024
MOST_S = 2.0
MOST_HITS = 50
BLOCK_BYTES = 512 * 1024


@dataclass(frozen=True)
class Hit:
    """A line with the words, where it begins, and the lines around it ("" where there is none)."""

    place: Place
    above: str
    line: str
    below: str


@dataclass(frozen=True)
class Found:
    """The hits, the newest first, and how far back was looked.

    `looked` bytes of the `size` that are kept were searched. `rest` is where to go on, None where
    nothing is left.
    """

    hits: tuple[Hit, ...]
    looked: int
    size: int
    rest: Place | None


def search(
    stream: Stream,
    words: str,
    place: Place | None = None,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Found:
    """What was found before the place, or from the end; capitals count as small. ClusterError."""
    until = clock() + MOST_S
    hits: list[Hit] = []
    looked, below = 0, b""
    while True:
        piece = before(stream, place, BLOCK_BYTES)
        first = _left(piece)
        looked, place = looked + len(piece.data) - first, piece.place(first)
        for hit in _hits(piece, first, words.lower(), below):
            hits.append(hit)
            if len(hits) == MOST_HITS:
                return Found(tuple(hits), looked, piece.kept.size, hit.place)
        if not piece.before or not piece.data:
            return Found(tuple(hits), looked, piece.kept.size, None)
        if looked >= MOST_BYTES or clock() > until:
            return Found(tuple(hits), looked, piece.kept.size, place)
        below = piece.data[first:].partition(b"\n")[0]


def _left(piece: Piece) -> int:
    """The length of a first line that is left to the next piece: it may stand above a hit here."""
    end = piece.data.find(b"\n") + 1
    return end if piece.before and end < len(piece.data) else 0


def _hits(piece: Piece, first: int, words: str, below: bytes) -> Iterator[Hit]:
    """Those behind the first line, the newest first; `below` is the line that follows the piece."""
    if words not in plain(piece.data).lower():
        return
    lines = piece.data.split(b"\n")
    end = len(piece.data)
    if not lines[-1]:  # behind the last line's end
        lines.pop()
        end -= 1
    for number in range(len(lines) - 1, 0 if first else -1, -1):
        start, line = end - len(lines[number]), plain(lines[number])
        if words in line.lower():
            under = lines[number + 1] if number + 1 < len(lines) else below
            above = lines[number - 1] if number else b""
            yield Hit(piece.place(start), plain(above), line, plain(under))
        end = start - 1
