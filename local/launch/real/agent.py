"""`python -m local.launch.real.agent`: a Nomad agent that leaves no task behind.

Nomad's tasks outlive its agent, so somebody has to drain the node first, also when the launcher
was killed. This process is the agent's parent: when its standard input closes or SIGTERM comes,
it drains, waits for the tasks' end, and ends the agent.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import requests

from local.launch.ports import derive
from local.launch.process import die_with_parent
from local.launch.real import nomad
from local.launch.real.http import Api

TASKS_WITHIN_S = 40.0
FOLDERS_WITHIN_S = 5.0
AGENT_WITHIN_S = 10.0


def main(program: str, config: Path, base: int) -> int:
    """The agent's exit code, 0 after an end that was asked for."""
    token = os.environ.pop("NOMAD_MANAGEMENT_TOKEN")
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: _ask(asked, number, frame))
    agent = subprocess.Popen(
        [program, "agent", "-config", str(config)],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    while agent.poll() is None and not asked.is_set():
        if _closed(sys.stdin.fileno(), within_s=0.5):
            asked.set()
    if agent.poll() is not None:
        return agent.returncode or 1
    _end_tasks(nomad.api(derive(base), token), Path(json.loads(config.read_text())["data_dir"]))
    agent.terminate()
    agent.wait(AGENT_WITHIN_S)
    return 0


def _ask(asked: threading.Event, number: int, frame: FrameType | None) -> None:
    asked.set()


def _closed(pipe: int, within_s: float) -> bool:
    """Whether the other end of the pipe is gone; waits up to the time for that."""
    readable, _, _ = select.select([pipe], [], [], within_s)
    return bool(readable) and os.read(pipe, 1) == b""


def _end_tasks(api: Api, data: Path) -> None:
    """Nothing; the tasks have ended, or their time is over and a line says how many run on."""
    try:
        nomad.drain(api)
        left = _count_down(lambda: nomad.running(api), TASKS_WITHIN_S)
        nomad.forget_ended(api)
        _count_down(lambda: len(list(data.glob("alloc/*"))), FOLDERS_WITHIN_S)
    except requests.RequestException as error:
        print(f"the tasks could not be drained: {error}", flush=True)
        return
    if left:
        print(f"{left} allocations still run after {TASKS_WITHIN_S:g} s", flush=True)


def _count_down(count: Callable[[], int], within_s: float) -> int:
    """How many are left when there are none any more, or when the time is over."""
    deadline = time.monotonic() + within_s
    while (left := count()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return left


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
