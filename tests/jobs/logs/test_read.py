from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.errors import Missing
from jobs.logs import read
from jobs.logs.place import Kept, Place
from jobs.logs.read import Stream, after, before, everything
from jobs.nomad import LogFile, LogPart
from tests.jobs.logs.written import Written

LINES = [f"line {number} käse\n".encode() for number in range(14)]


def test_the_end_is_whole_lines(write: Written) -> None:
    write(b"".join(LINES))

    piece = before(write.stream, None, 40)

    assert piece.data == b"".join(LINES[-2:])
    assert (piece.start, piece.end) == (Place(1, 77), Place(2, 7)) or piece.after == 0


def test_going_back_piece_by_piece_finds_each_byte_once(write: Written) -> None:
    write(b"".join(LINES))
    found, place = b"", None

    for _ in range(20):
        piece = before(write.stream, place, 50)
        found, place = piece.data + found, piece.start
        if not piece.before:
            break

    assert found == b"".join(LINES)
    assert piece.kept.begins


def test_going_on_piece_by_piece_finds_each_byte_once(write: Written) -> None:
    write(b"".join(LINES[:3]) + b"begun ")
    first = after(write.stream, Place(0, 0), 1000)
    write(b"and ended\n" + b"".join(LINES[3:9]))
    second = after(write.stream, first.end, 40)
    third = after(write.stream, second.end, 1000)

    assert first.data.endswith(b"begun ")
    assert second.data == b"and ended\n" + LINES[3] + LINES[4]
    assert first.data + second.data + third.data == (
        b"".join(LINES[:3]) + b"begun and ended\n" + b"".join(LINES[3:9])
    )


def test_what_nomad_dropped_is_a_gap_and_moves_nothing(write: Written) -> None:
    write(b"a" * 100 + b"b" * 100)
    stood = before(write.stream, None, 50)
    write(b"c" * 100 + b"d" * 100)

    assert after(write.stream, stood.end, 1000).data == b"c" * 100 + b"d" * 100
    lost = after(write.stream, Place(0, 10), 1000)
    assert (lost.gap, lost.data[:1], lost.kept.begins) == (True, b"b", False)


def test_a_line_that_is_too_long_is_cut_between_characters(write: Written) -> None:
    write("€".encode() * 60)
    found, place = b"", None

    for _ in range(20):
        piece = before(write.stream, place, 50)
        piece.data.decode()
        found, place = piece.data + found, piece.start
    assert found.decode() == "€" * 60

    found, place = b"", Place(0, 0)
    for _ in range(20):
        piece = after(write.stream, place, 50)
        piece.data.decode()
        found, place = found + piece.data, piece.end
    assert found.decode() == "€" * 60


def test_nothing_is_there_before_the_task_writes(write: Written) -> None:
    assert before(write.stream, None, 50).data == b""
    assert after(write.stream, Place(0, 0), 50).data == b""


def test_a_log_that_its_node_threw_away_is_missing(write: Written) -> None:
    write.collected()

    with pytest.raises(Missing):
        before(write.stream, None, 50)


def test_a_download_is_every_byte_that_was_kept(
    write: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "DOWNLOADED_BYTES", 30)
    write(b"x" * 150)
    kept = write.stream.kept()
    pieces = everything(write.stream, kept)
    begin = next(pieces)
    write(b"y" * 100)

    assert begin + b"".join(pieces) == b"x" * 150
    assert [len(begin), kept.size] == [30, 150]


class Dropping:
    """A Nomad that drops its oldest file between the list and the read."""

    def __init__(self, times: int) -> None:
        self.times, self.first = times, 0

    def log_files(self, alloc_id: str, *, stream: str) -> tuple[LogFile, ...]:
        return (LogFile(self.first, 10), LogFile(self.first + 1, 10))

    def log_parts(
        self, alloc_id: str, offset: int, most: int, *, stream: str
    ) -> tuple[LogPart, ...]:
        if self.times:
            self.times, self.first = self.times - 1, self.first + 1
        number, at = self.first + offset // 10, offset % 10
        return (LogPart(number, at, b"0123456789"[at : at + most]),)


def test_a_file_that_goes_between_two_calls_doubles_nothing() -> None:
    stream = Stream(Dropping(1), "a", "stdout")  # type: ignore[arg-type]

    piece = after(stream, Place(0, 5), 1000)

    assert (piece.gap, piece.start, piece.data) == (True, Place(1, 0), b"0123456789" * 2)


def test_a_log_that_never_stands_still_is_given_up() -> None:
    stream = Stream(Dropping(99), "a", "stdout")  # type: ignore[arg-type]

    with pytest.raises(Exception, match="faster than it is read"):
        after(stream, Place(0, 5), 1000)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_the_end_of_a_kept_log_is_in_its_last_file(sizes: list[int]) -> None:
    kept = Kept([LogFile(number, size) for number, size in enumerate(sizes)])

    assert kept.place(kept.size) == Place(len(sizes) - 1, sizes[-1])
