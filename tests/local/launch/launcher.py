"""Running launchers as real processes, and finding what they left."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from signal import Signals

from local.launch.ports import is_free

CHECKOUT = Path(__file__).resolve().parent.parent.parent.parent
FIRST_BASE, LAST_BASE = 21_100, 21_940


def free_base() -> int:
    """The start of a block of twenty free ports, another one for each of xdist's workers."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for base in range(FIRST_BASE + 200 * worker, LAST_BASE, 20):
        if all(is_free(port) for port in range(base, base + 20)):
            return base
    raise AssertionError("no twenty free ports in a row")


@dataclass(frozen=True)
class Launcher:
    """A launcher that was started on a folder, its output in a file."""

    process: subprocess.Popen[bytes]
    state: Path
    output: Path

    def said(self) -> str:
        """All that it printed so far."""
        return self.output.read_text()

    def wait_for(self, text: str, within_s: float) -> None:
        """Nothing, once it printed this; fails with its output when it ends or stays silent."""
        until(lambda: text in self.said() or self.process.poll() is not None, within_s, self.said)
        assert text in self.said(), self.said()

    def end(self, how: Signals, within_s: float) -> int:
        """Its exit code after this signal."""
        self.process.send_signal(how)
        return self.process.wait(within_s)

    def left(self) -> list[str]:
        """The processes that still belong to its folder."""
        return processes_of(self.state)


def launch(module: str, base: int, state: Path, *arguments: str) -> Launcher:
    """The launcher of this module, started on these ports and this folder."""
    output = state.with_name(f"{state.name}-{time.monotonic_ns()}.out")
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", module, "--port", str(base), "--state", str(state), *arguments],
            cwd=CHECKOUT,
            env=kept,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    return Launcher(process, state, output)


def processes_of(folder: Path) -> list[str]:
    """Which processes name this folder in arguments or environment, or work in it."""
    return [
        f"{process.name}: {command}"
        for process in Path("/proc").glob("[0-9]*")
        if (command := _belongs(process, str(folder)))
    ]


def until(done: Callable[[], bool], within_s: float, shown: Callable[[], object]) -> None:
    """Nothing, once it is done; fails with what is shown when that takes too long."""
    deadline = time.monotonic() + within_s
    while not done():
        assert time.monotonic() < deadline, shown()
        time.sleep(0.05)


def _belongs(process: Path, folder: str) -> str:
    """The command line of a process that belongs to the folder, "" for any other."""
    try:
        command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        environ = (process / "environ").read_bytes().decode(errors="replace")
        traces = (command, environ, str((process / "cwd").readlink()))
    except OSError:
        return ""
    return command if any(folder in trace for trace in traces) else ""
