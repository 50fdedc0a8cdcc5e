from __future__ import annotations

import io
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from local.cluster.keeper import _pump
from local.cluster.rotation import RotatingFile
from local.cluster.say import say

FULL = Path("/dev/full")
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is full")


def test_a_full_disk_ends_nobody_who_has_something_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    full = FULL.open("w")
    with monkeypatch.context() as saying:
        saying.setattr(sys, "stderr", full)
        say("nobody reads this")
    with suppress(OSError):  # what could not be said stands in it still
        full.close()


def test_a_task_goes_on_whose_log_finds_no_room(tmp_path: Path) -> None:
    """Whoever stopped reading would block the task as soon as the pipe is full."""
    (tmp_path / "main.stdout.0").symlink_to(FULL)
    said = io.BytesIO(b"x" * 200_000)

    _pump(said, RotatingFile(tmp_path / "main", "stdout", 2, 2**20))

    assert said.closed
