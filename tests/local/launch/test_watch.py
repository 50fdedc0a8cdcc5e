from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGKILL, SIGSTOP
from typing import Any

import pytest

from local.launch.family import stopped
from local.launch.process import Command
from local.launch.supervise import Child, Children
from local.launch.watch import HEARTBEAT_S, LOOK_S, Part, Watch
from platform_admin.pages import parts as pages
from tests.local.launch.launcher import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")


class World:
    """One child that is watched, by a clock that is set by hand."""

    def __init__(self, folder: Path) -> None:
        self.at = 1000.0
        self.file = folder / "parts.json"
        clock = lambda: self.at  # noqa: E731
        self.children = Children(folder / "pids.json", lambda _: None, clock, clock)
        command = Command("a", ("sleep", "60"), {}, folder, folder / "a.log", purpose="sleeps")
        [self.child] = self.children.start(command)
        self.said: list[str] = []
        self.watch = Watch(self.file, self.said.append, clock, clock)

    def look(self, after_s: float = LOOK_S) -> dict[str, Any]:
        """What the file says of the child, so many seconds later."""
        self.at += after_s
        self.children.check()
        self.watch.look(self.children.all())
        [part] = self.told()["parts"]
        found: dict[str, Any] = part
        return found

    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file.read_text())
        return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.children.stop()


def die(child: Child) -> None:
    child.process.send_signal(SIGKILL)
    child.process.wait(5)


def test_it_tells_what_runs_and_since_when(world: World) -> None:
    part = world.look()

    assert (part["name"], part["purpose"], part["log"]) == ("a", "sleeps", "a.log")
    assert (part["pid"], part["since"]) == (world.child.process.pid, 1000.0)
    assert (part["restarts"], part["answers"], part["stopped_since"]) == (0, None, None)


def test_it_tells_how_a_part_ended_and_when_it_is_started_again(world: World) -> None:
    die(world.child)

    part = world.look()

    assert (part["pid"], part["ended"], part["restarts"]) == (None, "was ended by SIGKILL", 1)
    assert (part["deaths"], part["again_at"], part["pause_s"]) == ([world.at], world.at + 0.5, 0.5)
    again = world.look(after_s=0.5)
    assert again["pid"] == world.child.process.pid
    assert (again["since"], again["ended"]) == (world.at, "was ended by SIGKILL")


def test_it_tells_since_when_a_process_is_frozen(world: World) -> None:
    world.child.process.send_signal(SIGSTOP)
    until(lambda: stopped(world.child.process.pid), 5, lambda: world.child)

    since = world.look()["stopped_since"]

    assert since == world.at
    assert world.look(after_s=60)["stopped_since"] == since


def test_its_heart_beats_while_nothing_changes(world: World) -> None:
    world.look()
    first = world.told()["at"]
    world.look(after_s=HEARTBEAT_S / 2)
    assert world.told()["at"] == first

    world.look(after_s=HEARTBEAT_S / 2)

    assert world.told()["at"] == first + HEARTBEAT_S


def test_at_the_end_the_file_is_gone(world: World) -> None:
    world.look()

    world.watch.end()

    assert not world.file.exists()


def test_a_file_that_can_not_be_written_is_said_once_and_ends_nothing(world: World) -> None:
    world.look()
    world.file.unlink()
    world.file.mkdir()
    for _ in range(3):
        world.at += HEARTBEAT_S
        world.watch.look(world.children.all())
    [said] = world.said
    assert "Is a directory" in said
    assert "all runs on" in said
    world.file.rmdir()

    assert world.look()["pid"] == world.child.process.pid


def test_the_pages_read_all_that_it_tells_of_a_part_that_died(world: World) -> None:
    die(world.child)
    said = world.look()

    told = pages.told(world.file.parent)

    assert told is not None
    assert (told.launcher, told.at) == (world.told()["pid"], moment(world.at))
    [part] = told.parts
    read = {name: in_seconds(value) for name, value in vars(part).items()}
    assert read == said
    assert part.again_at == moment(world.at + 0.5)
    assert world.file.name == pages.FILE


def test_a_part_has_the_same_fields_for_the_launcher_and_for_the_pages() -> None:
    assert [each.name for each in fields(Part)] == [each.name for each in fields(pages.Part)]


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def in_seconds(value: object) -> object:
    """A value of the pages as the file has it."""
    if isinstance(value, tuple):
        return [in_seconds(each) for each in value]
    return value.timestamp() if isinstance(value, datetime) else value
