"""Starting one child so that it never outlives the launcher unseen."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypedDict

from local.launch.asking import Question

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Owner:
    """The user and group that a process runs as, where it is not our own."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Command:
    """One process as it will be started; its output goes to the end of `log`.

    What it prints as its answer goes to `answer` instead, a new file, where one is named.
    `on_orphan` is the signal that Linux sends when the launcher is gone, None for a process that
    notices by itself (`pipe`: the closing of its standard input). SIGTERM waits for one that is
    frozen, SIGKILL does not, and SIGCONT wakes it. `purpose` says in words what it is for, `asks`
    how it is asked whether it still answers, None where it has no port.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    owner: Owner | None = None
    on_orphan: signal.Signals | None = signal.SIGTERM
    on_stop: signal.Signals = signal.SIGTERM
    stop_within_s: float = 10.0
    pipe: bool = False
    answer: Path | None = None
    purpose: str = ""
    asks: Question | None = None


def spawn(command: Command) -> subprocess.Popen[bytes]:
    """The running child, in a session of its own: a Ctrl-C in the terminal reaches only us."""
    with _log(command.log) as log, _answer(command) as answer:
        return subprocess.Popen(
            command.argv,
            stdin=subprocess.PIPE if command.pipe else subprocess.DEVNULL,
            stdout=answer or log,
            stderr=log,
            env=dict(command.env),
            cwd=command.cwd,
            start_new_session=True,
            preexec_fn=die_with_parent(command.on_orphan),
            **as_owner(command.owner),
        )


def _log(path: Path) -> IO[bytes]:
    """The log's end; where there is no room for a file, what is said is lost and all else runs."""
    try:
        return path.open("ab")
    except OSError:
        return Path(os.devnull).open("ab")


def _answer(command: Command) -> AbstractContextManager[IO[bytes] | None]:
    return command.answer.open("wb") if command.answer else nullcontext()


class RunAs(TypedDict):
    """The arguments of Popen that say as whom a child runs."""

    user: int | None
    group: int | None
    extra_groups: list[int] | None


def as_owner(owner: Owner | None) -> RunAs:
    """The arguments of Popen that make a child run as `owner`, as we ourselves without one."""
    if owner is None:
        return {"user": None, "group": None, "extra_groups": None}
    return {"user": owner.uid, "group": owner.gid, "extra_groups": []}


def die_with_parent(on_orphan: signal.Signals | None) -> Callable[[], None] | None:
    """What a child does before its program starts: ask Linux for a signal at our end.

    It runs after the change of user, which would clear the request. Linux sends the signal when
    the thread that started the child ends: start children from the main thread only.
    """
    if _libc is None or on_orphan is None:
        return None
    parent, libc, number = os.getpid(), _libc, int(on_orphan)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return ask


def ask_to_end(child: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """Nothing; the child was told, once: some take a second signal as leave to drop their work."""
    if child.stdin is not None:
        child.stdin.close()
    if child.poll() is None:
        child.send_signal(how)
        child.send_signal(signal.SIGCONT)  # one that is frozen would not hear it


def wait_for_end(child: subprocess.Popen[bytes], within_s: float) -> bool:
    """Whether the child ended by itself; killed when it did not within the time (seconds)."""
    try:
        child.wait(within_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return False
    return True
