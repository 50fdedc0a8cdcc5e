"""What Linux says of processes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bench.loop.proc import PAGE_BYTES, TICKS_A_SECOND, Stat, children, parse, pss_mb, stat

REST = " 0 -1 4194560 100 0 0 0 {} {} {} {} 20 0 1 0 12345 1000000 250 18446744073709551615"


@pytest.mark.parametrize("name", ["python3", "tmux: server", "a) b (c"])
def test_a_name_with_brackets_and_spaces_moves_no_field(name: str) -> None:
    line = f"42 ({name}) S 7 42 42" + REST.format(150, 50, 30, 10)

    assert parse(line) == Stat(
        parent=7,
        cpu_s=200 / TICKS_A_SECOND,
        ended_s=40 / TICKS_A_SECOND,
        rss_mb=250 * PAGE_BYTES / 1e6,
    )


def test_a_process_that_is_gone_has_no_figures() -> None:
    assert stat(2**22 + 1) is None


def test_children_are_found_by_their_parent() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert child.pid in children(os.getpid())
    finally:
        child.communicate()


def test_a_share_of_memory_is_read_in_megabytes() -> None:
    assert pss_mb("Rss:  9999 kB\nPss:  2000 kB\nPss_Anon: 1 kB\n") == pytest.approx(2.048)
