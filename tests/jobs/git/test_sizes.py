from __future__ import annotations

import zlib
from io import BytesIO

import pytest

from jobs.git import sizes
from jobs.git.errors import Unfetched

BLOB, OFFSET_DELTA, REF_DELTA = 3, 6, 7


def number(value: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    out = b""
    while value > 0x7F:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def entry(kind: int, content: bytes, base: bytes = b"") -> bytes:
    size = len(content)
    head = bytes([kind << 4 | size & 15 | (0x80 if size > 15 else 0)])
    return head + (number(size >> 4) if size > 15 else b"") + base + zlib.compress(content)


def pack(*entries: bytes, count: int | None = None) -> BytesIO:
    counted = len(entries) if count is None else count
    head = b"PACK\0\0\0\2" + counted.to_bytes(4, "big")
    return BytesIO(head + b"".join(entries) + b"\0" * 20)


def checked(found: BytesIO, largest_bytes: int = 1000) -> None:
    sizes.check(found, largest_bytes, lambda: None)


def test_objects_count_with_what_they_become() -> None:
    checked(pack(entry(BLOB, b"x" * 500), entry(BLOB, b"y" * 500)))
    with pytest.raises(Unfetched, match="Unpacked"):
        checked(pack(entry(BLOB, b"x" * 500), entry(BLOB, b"y" * 501)))


@pytest.mark.parametrize(
    ("kind", "base"), [(OFFSET_DELTA, b"\x81\x05"), (REF_DELTA, b"1" * 20)], ids=["offset", "ref"]
)
def test_a_small_delta_that_becomes_much_is_a_bomb(kind: int, base: bytes) -> None:
    delta = number(10) + number(2**40) + b"\x80"
    with pytest.raises(Unfetched, match="Unpacked"):
        checked(pack(entry(kind, delta, base)), largest_bytes=2**30)
    checked(pack(entry(kind, number(10) + number(900) + b"\x80", base), entry(BLOB, b"a")))


def test_more_objects_than_are_read_are_refused_by_their_number() -> None:
    with pytest.raises(Unfetched, match="more than the 100000"):
        checked(pack(count=100_001))


@pytest.mark.parametrize(
    "broken",
    [BytesIO(b""), BytesIO(b"<html>no pack</html>"), pack(entry(BLOB, b"abc")[:5], count=2),
     pack(count=1), pack(entry(OFFSET_DELTA, b"\xff" * 30, b"\x05"))],
    ids=range(5),
)  # fmt: skip
def test_what_is_no_pack_is_said(broken: BytesIO) -> None:
    with pytest.raises((Unfetched, zlib.error)):
        checked(broken)
