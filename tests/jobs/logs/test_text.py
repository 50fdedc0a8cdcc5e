from __future__ import annotations

import pytest

from jobs.logs.text import plain


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (b"\x1b[1;31merror\x1b[0m: no", "error: no"),
        (b"\x1b[38;5;196mred\x1b[K", "red"),
        (b"\x1b]0;title\x07text", "text"),
        (b"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        (b"\x1b(Bplain\x1b=\x1b>", "plain"),
        (b"one\r\ntwo\r\r\nthree", "one\ntwo\nthree"),
        (b"10 %\r20 %\r", "10 %\n20 %\n"),
        (b"a\x00b\x07c\x7f\x1b", "abc"),
        ("tab\tkäse €".encode(), "tab\tkäse €"),
        (b"no text \xff", "no text \ufffd"),
    ],
)
def test_it_is_what_one_reads_on_a_terminal(written: bytes, shown: str) -> None:
    assert plain(written) == shown
