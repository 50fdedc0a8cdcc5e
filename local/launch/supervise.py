"""The launcher's children: started in groups, started again when they die, ended in order."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from local.launch import pids
from local.launch.process import Command, ask_to_end, spawn, wait_for_end

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
STEADY_AFTER_S = 60.0
DEATHS_KEPT = 20


@dataclass
class Child:
    """A process that should run, and what happened to it so far.

    `since` and `again_at` are of a clock that no hand sets, `started_at` and `died_at` of the
    wall's; `ended` says in words how it died last. `waits_s` is the pause that goes on, `pause_s`
    the next one.
    """

    command: Command
    process: subprocess.Popen[bytes]
    identity: pids.Running
    since: float
    started_at: float
    pause_s: float = FIRST_PAUSE_S
    waits_s: float = 0.0
    again_at: float | None = None
    deaths: int = 0
    died_at: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS_KEPT))
    ended: str = ""

    def alive(self) -> bool:
        """Whether it runs now."""
        return self.process.poll() is None


@dataclass
class Children:
    """All children, group by group in the order of their start."""

    record: Path
    say: Callable[[str], None]
    now: Callable[[], float] = time.monotonic
    clock: Callable[[], float] = time.time
    groups: list[list[Child]] = field(default_factory=list)

    def start(self, *commands: Command) -> list[Child]:
        """The started children; as a group they will be ended together, later groups first."""
        group: list[Child] = []
        self.groups.append(group)
        for command in commands:
            group.append(self._spawn(command))
            self._write()
        return group

    def check(self) -> None:
        """Nothing; what died is started again, after a pause that doubles while it keeps dying.

        What runs and does not answer is left alone: it may be slow only, and to end it then would
        make bad worse. The pages say it, and a person decides.
        """
        for child in self.all():
            if child.again_at is None and not child.alive():
                _end_group(child.process.pid)
                self._plan(child, how_it_ended(child.process.returncode))
            elif child.again_at is not None and self.now() >= child.again_at:
                self._again(child)

    def stop(self) -> None:
        """Nothing; every child has ended, in the reverse order of the groups.

        What they have started is woken, should it be frozen: they wait for it.
        """
        while self.groups:
            group = self.groups[-1]
            for child in group:
                ask_to_end(child.process, child.command.on_stop)
            family = {child.identity.pid: pids.below([child.identity]) for child in group}
            for each in chain.from_iterable(family.values()):
                pids.send(each, signal.SIGCONT)
            for child in group:
                self._end(child, family[child.identity.pid])
            self.groups.pop()
        self._write()

    def kill(self) -> None:
        """Nothing; every child is gone at once, but for those that still have to end others."""
        for child in self.all():
            if child.alive() and not child.command.pipe:
                child.process.send_signal(signal.SIGKILL)

    def all(self) -> Iterator[Child]:
        """Every child, in the order of their start."""
        return (child for group in self.groups for child in group)

    def _spawn(self, command: Command) -> Child:
        process = spawn(command)
        identity = pids.identify(command.name, process.pid, command.on_stop, command.stop_within_s)
        return Child(command, process, identity, self.now(), self.clock())

    def _plan(self, child: Child, ended: str) -> None:
        if self.now() - child.since >= STEADY_AFTER_S:
            child.pause_s = FIRST_PAUSE_S
        child.deaths += 1
        child.died_at.append(self.clock())
        child.ended, child.waits_s = ended, child.pause_s
        child.again_at = self.now() + child.pause_s
        self.say(
            f"{child.command.name} {ended}; starting it again "
            f"in {child.pause_s:g} s (log: {child.command.log})"
        )
        child.pause_s = min(2 * child.pause_s, LONGEST_PAUSE_S)

    def _again(self, child: Child) -> None:
        if child.process.stdin is not None:
            child.process.stdin.close()
        try:
            fresh = self._spawn(child.command)
        except (OSError, subprocess.SubprocessError) as error:
            child.since = self.now()
            self._plan(child, f"could not be started ({error})")
            return
        child.process, child.identity = fresh.process, fresh.identity
        child.since, child.started_at, child.again_at = fresh.since, fresh.started_at, None
        self._write()

    def _end(self, child: Child, family: Iterable[pids.Running]) -> None:
        command = child.command
        if not wait_for_end(child.process, command.stop_within_s):
            self.say(f"{command.name} did not end within {command.stop_within_s:g} s: killed")
            for each in family:
                pids.send(each, signal.SIGKILL)

    def _write(self) -> None:
        pids.record(self.record, [child.identity for child in self.all()])


def _end_group(pid: int) -> None:
    """Nothing; what a dead child left of its own (gunicorn's workers hold its port) is gone.

    What is of another session lives on: the tasks of the keeper and of Nomad.
    """
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def how_it_ended(code: int) -> str:
    """The end of a process in words."""
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
