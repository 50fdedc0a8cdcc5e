"""Frames of a log as a real Nomad 2.0.5 sends them, and where their bytes are."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from jobs.nomad import LogFile, LogPart
from jobs.nomad.logged import body_bytes, read_log_files, read_log_parts


def frame(file: str, offset: int, data: bytes) -> bytes:
    coded = {"Data": b64encode(data).decode(), "File": f"alloc/logs/{file}", "Offset": offset}
    return json.dumps(coded).encode()


# What was asked for began at 818,672 of main.stdout.2, which has 1,009,608 bytes.
RECORDED = (
    frame("main.stdout.2", 884_208, b"a" * 65_536)
    + frame("main.stdout.2", 949_744, b"b" * 65_536)
    + frame("main.stdout.2", 1_015_280, b"c" * 59_864)
    + frame("main.stdout.3", 65_536, b"d" * 65_536)
    + b"{}"
    + frame("main.stdout.3", 131_072, b"e" * 50)
)


def test_each_part_is_where_it_stands_in_its_file() -> None:
    parts = read_log_parts(RECORDED, 10**9)

    assert [(part.number, part.offset, len(part.data)) for part in parts] == [
        (2, 818_672, 65_536),
        (2, 884_208, 65_536),
        (2, 949_744, 59_864),
        (3, 0, 65_536),
        (3, 65_536, 50),
    ]


def test_no_more_is_given_than_was_asked_for() -> None:
    parts = read_log_parts(RECORDED, 65_540)

    assert [len(part.data) for part in parts] == [65_536, 4]


def test_a_frame_that_is_cut_off_does_not_count() -> None:
    whole = frame("main.stdout.0", 3, b"abc")

    assert read_log_parts(whole + whole[:-1], 100) == (LogPart(0, 0, b"abc"),)


@pytest.mark.parametrize("content", [b"", b"{}", b"{}{}", b"no frames"])
def test_nothing_is_in_an_answer_without_frames(content: bytes) -> None:
    assert read_log_parts(content, 100) == ()


def test_so_much_of_an_answer_has_what_is_asked_for() -> None:
    content = b"".join(frame("main.stdout.123456", 0, b"x" * 65_536) for _ in range(20))

    parts = read_log_parts(content[: body_bytes(1_000_000)], 1_000_000)

    assert sum(len(part.data) for part in parts) == 1_000_000


def test_the_files_of_a_stream_are_told_from_what_else_is_there() -> None:
    names = (".main.stdout.fifo", "main.stderr.0", "main.stdout.10", "main.stdout.9", "main.x.0")

    found = read_log_files([{"Name": name, "Size": 7} for name in names], "main", "stdout")

    assert found == (LogFile(9, 7), LogFile(10, 7))
