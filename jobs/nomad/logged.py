"""What Nomad keeps of what a task wrote: numbered files a stream, read as frames."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_NUMBER = re.compile(r"\.(\d+)$")
_FRAME = 96 * 1024
"""More bytes than a frame has: 64 KiB of a file in base64, and its name."""


@dataclass(frozen=True)
class LogFile:
    """One file of a stream; a higher number is a newer one, and the lowest go first."""

    number: int
    size: int


@dataclass(frozen=True)
class LogPart:
    """Bytes of one file, and where in it they begin."""

    number: int
    offset: int
    data: bytes


def read_log_files(
    bodies: Iterable[Mapping[str, Any]], task: str, stream: str
) -> tuple[LogFile, ...]:
    """Return a stream's files, the oldest first; `bodies`: `GET /v1/client/fs/ls` of the logs."""
    start = f"{task}.{stream}."
    found = (
        LogFile(int(body["Name"].removeprefix(start)), body["Size"])
        for body in bodies
        if body["Name"].startswith(start) and body["Name"].removeprefix(start).isdigit()
    )
    return tuple(sorted(found, key=lambda file: file.number))


def body_bytes(most: int) -> int:
    """Return how much of an answer in frames is enough for so many bytes of a log."""
    return most * 4 // 3 + 2 * _FRAME


def read_log_parts(content: bytes, most: int) -> tuple[LogPart, ...]:
    """Return what the frames hold, `most` bytes of it; a frame that is cut off does not count.

    The Offset of a file's first frame is where in the file it ends. Each further one adds a whole
    frame to it, the last and shorter one too: so those are only known to follow one another.
    """
    found: list[LogPart] = []
    for number, ends, data in _data(content):
        last = found[-1] if found else None
        if last and last.number == number:
            offset = last.offset + len(last.data)
        else:
            offset = ends - len(data)
        found.append(LogPart(number, offset, data[:most]))
        most -= len(data)
        if most <= 0:
            break
    return tuple(found)


def _data(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """File, Offset and bytes of each frame; one without bytes keeps the connection alive."""
    for frame in _frames(content):
        number = _NUMBER.search(frame.get("File") or "")
        data = b64decode(frame.get("Data") or "")
        if number and data:
            yield int(number[1]), frame["Offset"], data


def _frames(content: bytes) -> Iterator[Mapping[str, Any]]:
    text, at, decoder = content.decode("ascii", "replace"), 0, json.JSONDecoder()
    while at < len(text):
        try:
            frame, at = decoder.raw_decode(text, at)
        except ValueError:
            return
        yield frame
        while at < len(text) and text[at].isspace():
            at += 1
