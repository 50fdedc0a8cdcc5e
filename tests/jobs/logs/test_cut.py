from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.logs.cut import first_whole, last_whole, whole_characters


def test_whole_lines_are_kept() -> None:
    assert first_whole(b"rest\nwhole\n") == 5
    assert last_whole(b"whole\nbegun") == 6


def test_one_line_alone_is_kept_from_its_first_whole_character() -> None:
    assert first_whole("ä".encode()[1:] + b"bc") == 1
    assert first_whole(b"abc\n") == 0


@given(st.text(min_size=1, max_size=6), st.integers(1, 24))
def test_a_character_is_never_cut_in_two(text: str, length: int) -> None:
    data = text.encode()[:length]

    data[: whole_characters(data)].decode() if whole_characters(data) < len(data) else None
    assert text.startswith(data[: whole_characters(data)].decode("utf-8", "ignore"))


@pytest.mark.parametrize("end", [b"\xc3", b"\xe2\x82", b"\xf0\x9f\x92", b"\x1b", b"\x1b[1;3"])
def test_what_is_only_begun_is_left_for_the_next_piece(end: bytes) -> None:
    assert whole_characters(b"abc" + end) == 3


def test_bytes_that_are_no_text_are_not_waited_for() -> None:
    assert whole_characters(b"\xc3") == 1
    assert first_whole(b"\x80" * 9) == 3
