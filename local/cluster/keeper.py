"""Runs the tasks' processes, so that they and their exit codes outlive a Nomad API that dies.

Ends them all when its standard input closes: that is the launcher's pipe.
"""

from __future__ import annotations

import argparse
import os
import pwd
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from local.cluster import store
from local.cluster.rotation import RotatingFile
from local.cluster.web import Answer, Changes, Guard, Refusal, Request, Route, Server, run

GRACE_S = 5.0  # between SIGTERM and SIGKILL when everything ends


@dataclass
class Task:
    """One process group, by its leader's pid. Times in nanoseconds, `ended` is 0 while it runs."""

    pid: int
    started: int
    ended: int = 0
    exit_code: int = 0
    signal: int = 0


class Keeper:
    """The processes by the id that the caller gave them. They are remembered until forgotten."""

    def __init__(self, folder: Path, base: dict[str, str]) -> None:
        self._file = folder / "keeper.json"
        self._base = base
        self._lock = threading.Lock()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.tasks: dict[str, Task] = {}
        self.boot = str(time.time_ns())
        self.index = 1
        self.changes = Changes()

    def end_leftovers(self) -> None:
        """Kills what a keeper before this one left behind."""
        for pid, born in store.load(self._file).items():
            if born and birth(int(pid)) == born:
                kill_group(int(pid), signal.SIGKILL)

    def start(self, task_id: str, order: dict[str, Any]) -> Task:
        """The running task, started now unless it is there already; raises Refusal(400)."""
        with self._lock:
            if task_id in self.tasks:
                return self.tasks[task_id]
            process = self._launch(order)
            self._processes[task_id] = process
            task = self.tasks[task_id] = Task(process.pid, time.time_ns())
            self._note()
        logs = [
            threading.Thread(target=_pump, args=(stream, RotatingFile(Path(order["logs"]), kind,
                             order["max_files"], order["max_bytes"])), daemon=True)
            for kind, stream in (("stdout", process.stdout), ("stderr", process.stderr))
        ]  # fmt: skip
        for thread in logs:
            thread.start()
        threading.Thread(target=self._wait, args=(task_id, process, logs), daemon=True).start()
        return task

    def _launch(self, order: dict[str, Any]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                order["argv"], cwd=order["cwd"], env={**self._base, **order["env"]},
                **account(order.get("user", ""), Path(order["cwd"])),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                start_new_session=True, bufsize=0,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            missing = f'binary "{order["argv"][0]}" could not be found'
            why = missing if isinstance(error, FileNotFoundError) else str(error)
            start = "failed to launch command with executor: rpc error: code = Unknown desc"
            raise Refusal(400, f"{start} = {why}") from error

    def _wait(
        self, task_id: str, process: subprocess.Popen[bytes], logs: list[threading.Thread]
    ) -> None:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        kill_group(process.pid, signal.SIGKILL)  # what the main process left in its group
        for thread in logs:
            thread.join(timeout=1.0)
        with self._lock:  # until it is reaped here, its pid is nobody else's
            code = process.wait()
            task = self.tasks[task_id]
            task.signal = max(0, -code)
            task.exit_code = 128 - code if code < 0 else code
            task.ended = time.time_ns()
            self._processes.pop(task_id, None)
            self._note()

    def _note(self) -> None:
        self.index += 1
        store.save(self._file, {str(p.pid): birth(p.pid) for p in self._processes.values()})
        self.changes.notify()

    def signal(self, task_id: str, number: int, *, group: bool) -> None:
        """Sends the signal to the main process or to its whole group; harmless when it is over."""
        with self._lock:
            process = self._processes.get(task_id)
            if process is not None:
                send = os.killpg if group else os.kill
                with suppress(ProcessLookupError, PermissionError):
                    send(process.pid, number)

    def forget(self, task_id: str) -> None:
        """Drops a task that is over."""
        with self._lock:
            if task_id not in self._processes:
                self.tasks.pop(task_id, None)

    def end_all(self) -> None:
        """Returns when no task runs any more: SIGTERM, a short grace, SIGKILL to the groups."""
        for task_id in list(self._processes):
            self.signal(task_id, signal.SIGTERM, group=False)
        deadline = time.monotonic() + GRACE_S
        while self._processes and time.monotonic() < deadline:
            time.sleep(0.02)
        for task_id in list(self._processes):
            self.signal(task_id, signal.SIGKILL, group=True)
        while self._processes and time.monotonic() < deadline + GRACE_S:
            time.sleep(0.02)


def account(user: str, folder: Path) -> dict[str, Any]:
    """How Popen gets the user; ValueError where this can not start anything as that in `folder`."""
    if not user:
        return {}
    try:
        found = pwd.getpwuid(int(user)) if user.isdecimal() else pwd.getpwnam(user)
    except KeyError as error:
        raise ValueError(f"unknown user {user}") from error
    if found.pw_uid == os.geteuid():
        return {}
    if os.geteuid():
        raise ValueError(
            f"the local cluster does not run as root, so it can not run a task as user {user}"
        )
    closed = [one for one in (folder, *folder.parents) if not one.stat().st_mode & 0o001]
    if any(one.stat().st_uid != found.pw_uid for one in closed):
        raise ValueError(
            f"the folder {closed[-1]} is closed to user {user}: keep the state elsewhere"
        )
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}


def _pump(stream: IO[bytes], target: RotatingFile) -> None:
    while data := stream.read(64 * 1024):
        with suppress(OSError):  # a full disk: the task goes on, and what it says is lost
            target.write(data)
    stream.close()


def kill_group(pid: int, number: int) -> None:
    """Signals the process group; harmless when it is gone."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def birth(pid: int) -> str:
    """When the process was started, in the kernel's ticks; empty when it is gone or unknown."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def machine(ports: tuple[int, int], cpu_mhz: int, memory_mb: int) -> dict[str, Any]:
    """What the node offers: 0 stands for what the machine has."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "cores": cores, "cpu_mhz": cpu_mhz or cores * clock_mhz(), "memory_mb": memory_mb or memory,
        "ports": ports,
    }  # fmt: skip


def clock_mhz() -> int:
    """The clock of one core; a plain guess where the machine does not tell."""
    with suppress(OSError):
        told = re.search(r"cpu MHz\s*:\s*(\d+)", Path("/proc/cpuinfo").read_text())
        return int(told[1]) if told else 2000
    return 2000


def routes(keeper: Keeper, node: dict[str, Any]) -> list[Route]:
    """The table of the keeper; only the Nomad API of the same cluster calls it."""

    def tasks(request: Request) -> Answer:
        keeper.changes.wait(request, lambda: keeper.index)
        index = keeper.index
        known = {task_id: asdict(task) for task_id, task in list(keeper.tasks.items())}
        return Answer({"boot": keeper.boot, "index": index, "tasks": known})

    def start(request: Request) -> Answer:
        keeper.start(request.path["id"], request.json())
        return Answer({"boot": keeper.boot, "index": keeper.index})

    def send(request: Request) -> Answer:
        order = request.json()
        keeper.signal(request.path["id"], order["signal"], group=order["group"])
        return Answer({})

    def forget(request: Request) -> Answer:
        keeper.forget(request.path["id"])
        return Answer({})

    return [
        Route("GET", "/v1/node", lambda request: Answer(node)),
        Route("GET", "/v1/tasks", tasks),
        Route("PUT", "/v1/tasks/{id}", start),
        Route("PUT", "/v1/tasks/{id}/signal", send),
        Route("DELETE", "/v1/tasks/{id}", forget),
    ]


def _await_end_of_input(server: Server) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    server.shutdown()


def main() -> None:
    """Serves until SIGTERM or the end of standard input; no task is left when it returns."""
    parser = argparse.ArgumentParser(prog="keeper", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--ports", required=True, help="LO-HI, for the tasks' dynamic ports")
    parser.add_argument("--cpu-mhz", type=int, default=0)
    parser.add_argument("--memory-mb", type=int, default=0)
    given = parser.parse_args()
    low, _, high = given.ports.partition("-")
    base = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    keeper = Keeper(given.state, base)
    keeper.end_leftovers()
    node = machine((int(low), int(high)), given.cpu_mhz, given.memory_mb)
    guard = Guard("X-Keeper-Token", os.environ["KEEPER_TOKEN"])
    server = Server(given.port, routes(keeper, node), guard)
    threading.Thread(target=_await_end_of_input, args=(server,), daemon=True).start()
    run(server, keeper.end_all)


if __name__ == "__main__":
    main()
