"""The log of a run's instance: its end, and how much stands before it."""

from __future__ import annotations

from dataclasses import dataclass

from jobs import servers
from jobs.errors import ClusterError
from jobs.logs.text import without_codes
from jobs.nomad import Allocation

KEPT_BYTES = 64 * 1024
LOOKED_AT_BYTES = 1024 * 1024
"""How far back it is looked, to tell how much is cut; more than that is not counted."""
STREAMS = ("stdout", "stderr")


@dataclass(frozen=True)
class Log:
    """What was written last, errors behind the rest; `cut` bytes before that, at least."""

    text: str
    cut: int = 0


def end_of(allocation: str, kept_bytes: int = KEPT_BYTES) -> Log:
    """The end of an instance's two streams; raises ClusterError."""
    written = [
        servers.nomad().logs(allocation, stream=stream, last_bytes=LOOKED_AT_BYTES)
        for stream in STREAMS
    ]
    each = kept_bytes // (2 if all(written) else 1)
    parts = [_end(text, each) for text in written]
    return Log(_joined([part.text for part in parts]), sum(part.cut for part in parts))


def said(allocation: Allocation, last_bytes: int = 8192) -> str:
    """The end of an instance's output, its errors last; a sentence where it can not be had."""
    try:
        parts = [
            servers.nomad().logs(allocation.id, stream=stream, last_bytes=last_bytes)
            for stream in STREAMS
        ]
    except ClusterError as error:
        return f"(no log: {error.message})"
    return _joined(parts)


def _end(text: str, most: int) -> Log:
    written = text.encode()
    kept = written[-most:].decode("utf-8", "ignore")
    return Log(_storable(kept), max(0, len(written) - most))


def _joined(parts: list[str]) -> str:
    whole = (part if part.endswith("\n") or not part else f"{part}\n" for part in parts)
    return _storable("".join(whole))


def _storable(text: str) -> str:
    """The text as Postgres takes it, without what colours a terminal."""
    return without_codes(text).replace("\0", "\ufffd")
