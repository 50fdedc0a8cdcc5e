"""How large a pack becomes, before anything of it is believed: a pack can be a bomb."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from jobs.git.errors import Unfetched

MOST_OBJECTS = 100_000
READ_BYTES = 4096
INFLATED_BYTES = 64 * 1024
_OFFSET_DELTA, _REF_DELTA = 6, 7
_HEADER_BYTES = 20


def check(pack: BinaryIO, largest_bytes: int, go_on: Callable[[], None]) -> None:
    """Nothing; Unfetched where its objects are too many, too large together, or none at all.

    What a delta becomes stands in its head, and what unpacks it holds it to that.
    """
    left = largest_bytes
    for size in _sizes(pack):
        left -= size
        go_on()
        if left < 0:
            raise Unfetched(
                f"Unpacked, the commit has more than {largest_bytes // 2**20} MB, the most that is"
                " fetched: upload an archive of what the program needs."
            )


def _sizes(pack: BinaryIO) -> Iterator[int]:
    """What each object of the pack becomes, in bytes, in the order of the pack."""
    pack.seek(0)
    head = pack.read(12)
    if head[:4] != b"PACK" or len(head) < 12:
        raise _broken()
    count = int.from_bytes(head[8:], "big")
    if count > MOST_OBJECTS:
        raise Unfetched(
            f"The commit has {count} files and folders, more than the {MOST_OBJECTS} that are"
            " fetched: upload an archive of what the program needs."
        )
    for _ in range(count):
        yield _object(pack)


def _object(pack: BinaryIO) -> int:
    """What the object becomes that begins here; the pack stands at the next one then."""
    first = _byte(pack)
    kind, size = first >> 4 & 7, _rest(pack, first & 15, 4) if first & 0x80 else first & 15
    if kind == _OFFSET_DELTA:
        _rest(pack, 0, 0)
    elif kind == _REF_DELTA:
        pack.seek(20, 1)
    begin = _inflated(pack)
    return max(size, _becomes(begin)) if kind in (_OFFSET_DELTA, _REF_DELTA) else size


def _rest(pack: BinaryIO, value: int, shift: int) -> int:
    """A number of seven bits a byte, the lowest first."""
    while True:
        byte = _byte(pack)
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value
        if shift > 63:
            raise _broken()


def _inflated(pack: BinaryIO) -> bytes:
    """The first bytes of what is deflated here; the rest goes by in pieces."""
    inflate, begin = zlib.decompressobj(), b""
    while not inflate.eof:
        piece = inflate.unconsumed_tail or pack.read(READ_BYTES)
        if not piece:
            raise _broken()
        begin = (begin + inflate.decompress(piece, INFLATED_BYTES))[:_HEADER_BYTES]
    pack.seek(-len(inflate.unused_data), 1)
    return begin


def _becomes(delta: bytes) -> int:
    """How many bytes a delta says that it becomes: the second number in it."""
    numbers, value, shift = [], 0, 0
    for byte in delta:
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            numbers.append(value)
            value, shift = 0, 0
    if len(numbers) < 2:
        raise _broken()
    return numbers[1]


def _byte(pack: BinaryIO) -> int:
    found = pack.read(1)
    if not found:
        raise _broken()
    return found[0]


def _broken() -> Unfetched:
    return Unfetched("What the server sent is no pack of git: try again.")
