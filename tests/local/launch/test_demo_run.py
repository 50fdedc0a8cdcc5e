"""The whole of ./run demo with real processes: eight minutes each."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from signal import SIGINT, SIGTERM
from typing import Any

import pytest

from local.launch.real.programs import NAMES
from tests.local.launch.launcher import Launcher, free_base, launch, processes_of, until

pytestmark = [
    pytest.mark.full,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc"),
]
MODULE = "local.launch.demo"
WITHIN_S = 900
REAL = pytest.param(
    "--real",
    marks=[
        pytest.mark.real,
        pytest.mark.skipif(
            not all(shutil.which(name) for name in NAMES), reason=f"needs {', '.join(NAMES)}"
        ),
    ],
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for the state; nothing that belongs to it runs on at the end."""
    with tempfile.TemporaryDirectory(prefix="muster-demo-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made)
        until(lambda: not processes_of(Path(made)), 60, partial(processes_of, Path(made)))


@pytest.mark.parametrize("option", ["", REAL])
def test_the_run_passes_and_its_summary_adds_up(folder: Path, option: str) -> None:
    file = folder / "summary.json"
    options = ["--json", str(file), *([option] if option else [])]
    launcher = launch(MODULE, free_base(), folder / "state", *options)

    assert launcher.process.wait(WITHIN_S) == 0, launcher.said()
    found: dict[str, Any] = json.loads(file.read_text())
    phases = {phase["name"]: phase for phase in found["phases"]}
    assert (found["ok"], found["problems"], list(phases)) == (True, [], ["A", "B", "C"])
    assert {name: phase["requests"]["failed"] for name, phase in phases.items() if name != "C"} == {
        "A": 0,
        "B": 0,
    }
    for phase in phases.values():
        jobs = phase["jobs"]
        assert (jobs["done"], jobs["doubled"], jobs["lost"]) == (jobs["enqueued"], 0, 0)
        assert jobs["enqueued"] > 20
    assert any(held["by_quota"] for held in phases["B"]["held"])
    web = [count["desired"] for count in found["counts"] if count["service"] == "web"]
    assert max(web) >= 6
    assert web[-1] == 2
    _is_put_back(launcher)


def test_a_run_that_is_interrupted_puts_back_and_leaves_nothing(folder: Path) -> None:
    launcher = launch(MODULE, free_base(), folder / "state")
    launcher.wait_for("Phase A", 300)

    assert launcher.end(SIGINT, within_s=120) == 1
    assert "what the run had changed is put back" in launcher.said()
    _is_put_back(launcher)


def test_a_run_beside_a_muster_leaves_it_running(folder: Path) -> None:
    muster = launch("local.launch", free_base(), folder / "state")
    try:
        muster.wait_for("Muster is ready", 300)
        launcher = launch(MODULE, free_base(), folder / "state")
        launcher.wait_for("Phase A", 60)
        assert launcher.end(SIGTERM, within_s=60) == 1
        assert muster.process.poll() is None
    finally:
        assert muster.end(SIGTERM, within_s=90) == 0


def _is_put_back(launcher: Launcher) -> None:
    assert not (launcher.state / "demo-before.json").exists()
