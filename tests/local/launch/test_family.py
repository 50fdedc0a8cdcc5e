from __future__ import annotations

import subprocess
import sys
from signal import SIGCONT, SIGSTOP

import pytest

from local.launch.family import Relative, descendants, stopped
from tests.local.launch.launcher import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
FAMILY = {pid: Relative(pid, parent, "S", "1") for pid, parent in ((2, 1), (3, 2), (4, 3), (5, 1))}


def test_descendants_are_children_and_theirs() -> None:
    assert [each.pid for each in descendants([2], FAMILY)] == [3, 4]


def test_a_frozen_process_is_told_from_one_that_runs() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        process.send_signal(SIGSTOP)
        until(lambda: stopped(process.pid), 5, lambda: process.pid)
        process.send_signal(SIGCONT)
        until(lambda: not stopped(process.pid), 5, lambda: process.pid)
        process.kill()
