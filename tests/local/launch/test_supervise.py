from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from signal import SIGKILL, SIGSTOP, SIGTERM

import pytest

from local.launch.pids import started
from local.launch.process import Command
from local.launch.supervise import Child, Children, how_it_ended
from tests.local.launch.launcher import until

SLEEPS = "import time; time.sleep(60)"
NOTES_ITS_END = (
    "import signal, sys, time\n"
    "signal.signal(signal.SIGTERM, lambda *_: (print(sys.argv[1], flush=True), sys.exit()))\n"
    "print('ready', flush=True)\n"
    "time.sleep(60)"
)
STARTS_ANOTHER = (
    "import subprocess, time\n"
    "print(subprocess.Popen(['sleep', '60']).pid, flush=True)\n"
    "time.sleep(60)"
)
IGNORES_SIGTERM = (
    "import signal, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('ready', flush=True)\n"
    "time.sleep(60)"
)


@dataclass
class World:
    """Children in a folder, what was said about them, and a clock that is set by hand."""

    folder: Path
    clock: float = 0.0
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.children = Children(self.folder / "pids.json", self.said.append, lambda: self.clock)

    def command(self, name: str, program: str, log: str = "", bound_s: float = 5) -> Command:
        argv = (sys.executable, "-c", program, name)
        path = self.folder / f"{log or name}.log"
        return Command(name, argv, os.environ, self.folder, path, stop_within_s=bound_s)

    def start(self, name: str, program: str, log: str = "") -> Child:
        return self.children.start(self.command(name, program, log))[0]

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.children.kill()
    made.children.stop()


def die(child: Child) -> None:
    child.process.send_signal(SIGKILL)
    child.process.wait(5)


def test_a_dead_child_is_started_again_after_a_pause(world: World) -> None:
    child = world.start("a", SLEEPS)
    first = child.process.pid
    die(child)

    world.children.check()
    assert not child.alive()
    assert "a was ended by SIGKILL; starting it again in 0.5 s" in world.said[0]

    world.clock = 0.5
    world.children.check()
    assert child.alive()
    assert child.process.pid != first


def test_the_pause_doubles_while_it_keeps_dying(world: World) -> None:
    child = world.start("a", SLEEPS)
    for _ in range(8):
        die(child)
        world.children.check()
        assert child.again_at is not None
        world.clock = child.again_at
        world.children.check()

    pauses = [line.split(" again in ")[1].split(" s ")[0] for line in world.said]
    assert pauses == ["0.5", "1", "2", "4", "8", "16", "30", "30"]


def test_a_child_that_ran_steadily_starts_again_soon(world: World) -> None:
    child = world.start("a", SLEEPS)
    child.pause_s = 30
    world.clock = 61
    die(child)

    world.children.check()

    assert "again in 0.5 s" in world.said[0]


def test_one_that_cannot_be_started_is_tried_again_after_the_next_pause(world: World) -> None:
    child = world.start("a", SLEEPS)
    child.command = replace(child.command, argv=(str(world.folder / "gone"),))
    die(child)
    world.children.check()
    world.clock = 0.5

    world.children.check()

    assert "a could not be started" in world.said[1]
    assert "starting it again in 1 s" in world.said[1]


def test_what_a_dead_child_left_of_its_own_is_gone(world: World) -> None:
    child = world.start("a", STARTS_ANOTHER)
    until(lambda: world.log("a").endswith("\n"), 10, lambda: world.log("a"))
    other = int(world.log("a"))
    die(child)

    world.children.check()

    until(lambda: started(other) == "", 5, lambda: other)


def test_a_frozen_child_is_not_restarted_and_ends_when_asked(world: World) -> None:
    child = world.start("a", SLEEPS)
    child.process.send_signal(SIGSTOP)
    world.clock = 100

    world.children.check()
    assert child.deaths == 0

    world.children.stop()
    assert child.process.returncode == -SIGTERM


def test_later_groups_end_first(world: World) -> None:
    for name in ("first", "second", "third"):
        world.start(name, NOTES_ITS_END, log="all")
    until(lambda: world.log("all").count("ready") == 3, 10, lambda: world.log("all"))

    world.children.stop()

    assert world.log("all").split()[3:] == ["third", "second", "first"]


def test_a_child_that_does_not_end_is_killed_and_named(world: World) -> None:
    command = world.command("deaf", IGNORES_SIGTERM, bound_s=0.2)
    [child] = world.children.start(command)
    until(lambda: "ready" in world.log("deaf"), 10, lambda: world.log("deaf"))

    world.children.stop()

    assert child.process.returncode == -SIGKILL
    assert world.said == ["deaf did not end within 0.2 s: killed"]


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "ended with code 0"), (3, "ended with code 3"), (-SIGTERM, "was ended by SIGTERM")],
)
def test_an_end_is_told_in_words(code: int, words: str) -> None:
    assert how_it_ended(code) == words


def test_a_child_without_room_for_its_log_runs(tmp_path: Path) -> None:
    """A folder in the log's place stands for a disk that takes no new file."""
    children = Children(tmp_path / "pids.json", pytest.fail)
    (tmp_path / "one.log").mkdir()
    command = Command(
        "one", (sys.executable, "-c", SLEEPS), dict(os.environ), tmp_path, tmp_path / "one.log"
    )

    [child] = children.start(command)

    assert child.alive()
    children.stop()
