from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL, SIGSTOP, SIGTERM

import pytest

from local.launch.pids import Running, end_leftovers, identify, record, started
from tests.local.launch.launcher import until

SLEEPS = (sys.executable, "-c", "import time; time.sleep(60)")
DEAF_WITH_A_CHILD = """
import signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "60"], start_new_session=True, stdout=2)
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(SLEEPS) as started:
        yield started
        started.kill()


def test_what_an_earlier_start_left_is_ended_and_named(
    tmp_path: Path, process: subprocess.Popen[bytes]
) -> None:
    said: list[str] = []
    record(tmp_path / "pids.json", [identify("worker", process.pid, SIGTERM)])

    end_leftovers(tmp_path / "pids.json", said.append)

    assert process.wait(5) == -SIGTERM
    assert said == ["Ending what an earlier start left: worker"]


def test_one_that_is_frozen_is_woken_so_that_it_can_end(
    tmp_path: Path, process: subprocess.Popen[bytes]
) -> None:
    record(tmp_path / "pids.json", [identify("worker", process.pid, SIGTERM)])
    process.send_signal(SIGSTOP)

    end_leftovers(tmp_path / "pids.json", lambda _: None)

    assert process.wait(5) == -SIGTERM


def test_what_is_late_is_killed_with_what_it_has_started(tmp_path: Path) -> None:
    argv = (sys.executable, "-c", DEAF_WITH_A_CHILD)
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        record(tmp_path / "pids.json", [identify("deaf", parent.pid, SIGTERM, 0.2)])

        end_leftovers(tmp_path / "pids.json", lambda _: None)

        assert parent.wait(5) == -SIGKILL
    until(lambda: started(child) == "", 5, lambda: child)


def test_another_process_that_has_the_number_now_is_left_alone(
    tmp_path: Path, process: subprocess.Popen[bytes]
) -> None:
    record(tmp_path / "pids.json", [Running("worker", process.pid, "earlier", int(SIGTERM))])

    end_leftovers(tmp_path / "pids.json", pytest.fail)

    assert process.poll() is None


@pytest.mark.parametrize("text", ["", "[", '[{"pid": 1}]', "{}"])
def test_a_broken_record_names_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "pids.json").write_text(text)

    end_leftovers(tmp_path / "pids.json", pytest.fail)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_keeps_the_record_as_it_was_and_ends_nothing(tmp_path: Path) -> None:
    before = [Running("worker", 1, "earlier", int(SIGTERM))]
    record(tmp_path / "pids.json", before)
    (tmp_path / "pids.json.new").symlink_to("/dev/full")

    record(tmp_path / "pids.json", [])

    assert '"worker"' in (tmp_path / "pids.json").read_text()
