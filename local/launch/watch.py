"""What is known of every part, in one small file that Muster's pages read: no secret is in it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from local.launch.asking import Asking
from local.launch.family import stopped
from local.launch.state import write_private
from local.launch.supervise import Child

LOOK_S, HEARTBEAT_S = 0.25, 5.0


@dataclass(frozen=True)
class Part:
    """One part as the file has it; moments are seconds of the epoch, None where there are none.

    `pid` is None while it waits to be started again, at `again_at`, after a pause of `pause_s`.
    `deaths` are the last ones' moments, `ended` says how it died last. `stopped_since`: its process
    is frozen; `silent_since`: nothing came back to what it was asked; `answers` is False until it
    answered once, and None where it can not be asked. `log` is a name in the folder of logs.
    """

    name: str
    purpose: str
    pid: int | None
    since: float
    restarts: int
    deaths: tuple[float, ...]
    ended: str
    again_at: float | None
    pause_s: float
    stopped_since: float | None
    silent_since: float | None
    answers: bool | None
    log: str


@dataclass
class Watch:
    """The file, and what was noticed of each process beside its life and death.

    It is written anew when something changed, and every few seconds: one that is older tells of a
    launcher that is gone or hangs. Its moments are the wall's; patience is counted by `now`, of a
    clock that no hand sets.
    """

    path: Path
    say: Callable[[str], None]
    clock: Callable[[], float] = time.time
    now: Callable[[], float] = time.monotonic
    _asked: dict[int, Asking] = field(default_factory=dict)
    _stopped: dict[int, float] = field(default_factory=dict)
    _looked_at: float = 0.0
    _told: tuple[Part, ...] = ()
    _told_at: float = 0.0
    _failing: bool = False

    def look(self, children: Iterable[Child]) -> None:
        """Nothing; what is silent or frozen was noticed, and the file says how each part is.

        A full disk, or no more files to open, is said once and ends nothing: what is watched runs.
        """
        now = self.clock()
        if abs(now - self._looked_at) < LOOK_S:
            return
        self._looked_at = now
        try:
            self._look(list(children), now)
        except OSError as error:
            if not self._failing:
                self.say(f"How the parts are can not be told on /status/ ({error}); all runs on")
            self._failing = True

    def end(self) -> None:
        """Nothing; the file is gone: nobody watches any more, and nothing runs."""
        for each in self._asked.values():
            each.close()
        self.path.unlink(missing_ok=True)

    def _look(self, all_of_them: list[Child], now: float) -> None:
        self._forget({each.process.pid for each in all_of_them if each.again_at is None})
        for each in all_of_them:
            if each.again_at is None:
                self._notice(each, now)
        parts = tuple(self._part(each) for each in all_of_them)
        if parts != self._told or abs(now - self._told_at) >= HEARTBEAT_S:
            self._write(parts, now)

    def _notice(self, child: Child, now: float) -> None:
        pid, question = child.process.pid, child.command.asks
        if not stopped(pid):
            self._stopped.pop(pid, None)
        else:
            self._stopped.setdefault(pid, now)
        if question is not None:
            self._asked.setdefault(pid, Asking(question)).look(self.now(), now)

    def _forget(self, living: set[int]) -> None:
        for pid in self._asked.keys() - living:
            self._asked.pop(pid).close()
        for pid in self._stopped.keys() - living:
            del self._stopped[pid]

    def _part(self, child: Child) -> Part:
        waits, command = child.again_at is not None, child.command
        pid = child.process.pid
        asked = self._asked.get(pid)
        return Part(
            name=command.name,
            purpose=command.purpose,
            pid=None if waits else pid,
            since=child.started_at,
            restarts=child.deaths,
            deaths=tuple(child.died_at),
            ended=child.ended,
            again_at=child.died_at[-1] + child.waits_s if waits else None,
            pause_s=child.waits_s if waits else 0.0,
            stopped_since=self._stopped.get(pid),
            silent_since=asked.silent_since if asked else None,
            answers=asked.answered if asked else None if command.asks is None else False,
            log=command.log.name,
        )

    def _write(self, parts: tuple[Part, ...], now: float) -> None:
        told = {"pid": os.getpid(), "at": now, "parts": [asdict(part) for part in parts]}
        write_private(self.path, json.dumps(told), durable=False)
        self._told, self._told_at, self._failing = parts, now, False
