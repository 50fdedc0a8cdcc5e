"""Running something once, to its end, before Muster is ready."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import Popen

from local.launch.changes import fingerprint, unchanged
from local.launch.launch import CHECKOUT, Launch
from local.launch.logs import tail
from local.launch.problem import Problem
from local.launch.process import Command, ask_to_end, spawn, wait_for_end
from local.launch.processes import Step
from local.launch.waiting import look_after


def once_a_change(launch: Launch, step: Step, env: Mapping[str, str]) -> str:
    """The same as `once`, "" where nothing changed that the step depends on."""
    if not step.of:
        return once(launch, step, env)
    note = launch.state.path(f"{step.name}.done")
    now = fingerprint(CHECKOUT, step.of)
    if unchanged(note, now):
        return ""
    answer = once(launch, step, env)
    note.write_text(now)
    return answer


def once(launch: Launch, step: Step, env: Mapping[str, str]) -> str:
    """What the step answered; a Problem with its last words when it failed."""
    log, answer = launch.log(step.name), launch.logs / f"{step.name}.out"
    named = (launch.arguments.example,) if step.named else ()
    argv = (sys.executable, *step.arguments, *named)
    command = Command(step.name, argv, env, CHECKOUT, log, answer=answer)
    with launch.show.stage(step.title):
        code = _follow(launch, step, spawn(command), log)
    if code != 0:
        raise Problem(
            f"{' '.join(step.arguments)} failed with code {code}. Its log, {log}, ends:\n"
            f"{tail(log)}"
        )
    return answer.read_text(errors="replace")


def _follow(launch: Launch, step: Step, process: Popen[bytes], log: Path) -> int:
    """The step's exit code; a step that is `shown` says its lines while it runs."""
    said = 0
    try:
        while process.poll() is None:
            look_after(launch)
            if step.shown:
                said = _say_new(launch, log, said)
    finally:
        ask_to_end(process, Command.on_stop)
        wait_for_end(process, within_s=5)
    if step.shown:
        _say_new(launch, log, said)
    return process.returncode


def _say_new(launch: Launch, log: Path, said: int) -> int:
    """How many bytes of the log are said now: all that end in a whole line."""
    with log.open("rb") as file:
        file.seek(said)
        fresh = file.read()
    whole = fresh[: fresh.rfind(b"\n") + 1]
    for line in whole.decode(errors="replace").splitlines():
        launch.show.say(f"  {line.strip()}")
    return said + len(whole)
