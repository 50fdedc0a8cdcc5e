"""The stand-in for Nomad as it runs: keeper, Consul and API as processes on free ports."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import requests

NOMAD_TOKEN, CONSUL_TOKEN, KEEPER_TOKEN = "nomad-of-a-test", "consul-of-a-test", "keeper-of-a-test"
PARTS = ("keeper", "consul_api", "nomad_api")
ROOT = Path(__file__).parents[3]
T = TypeVar("T")


def until(look: Callable[[], T], within_s: float = 20.0) -> T:
    """What `look` returns as soon as it is true; fails after `within_s`."""
    end = time.monotonic() + within_s
    while not (found := look()):
        assert time.monotonic() < end, f"not so within {within_s:g} s"
        time.sleep(0.03)
    return found


def free_ports(count: int) -> list[int]:
    """That many free ports of 127.0.0.1, all different."""
    held = [socket.socket() for _ in range(count)]
    for each in held:
        each.bind(("127.0.0.1", 0))
    found = [int(each.getsockname()[1]) for each in held]
    for each in held:
        each.close()
    return found


class Cluster:
    """The processes, each of which a test may kill and start again."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder, self._keeper_options = folder, options
        self._ports = dict(zip(PARTS, free_ports(len(PARTS)), strict=True))
        low = 20000 + 100 * (self._ports["keeper"] % 110)
        self._range = f"{low}-{low + 99}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def url(self, part: str) -> str:
        """The address of a part."""
        return f"http://127.0.0.1:{self._ports[part]}"

    def start(self, part: str, *options: str) -> None:
        """Starts a part; the keeper gets a pipe as its standard input."""
        given = ["--port", str(self._ports[part]), "--state", str(self.folder), *options]
        if part == "keeper":
            given += ["--ports", self._range, *self._keeper_options]
        if part == "nomad_api":
            given += ["--keeper", self.url("keeper"), "--consul", self.url("consul_api")]
        env = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "NOMAD_TOKEN": NOMAD_TOKEN,
            "CONSUL_HTTP_TOKEN": CONSUL_TOKEN, "KEEPER_TOKEN": KEEPER_TOKEN,
            "DATABASE_URL": "postgres://not-for-tasks", "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        with (self.folder / f"{part}.log").open("ab") as log:
            self.processes[part] = subprocess.Popen(
                [sys.executable, "-m", f"local.cluster.{part}", *given], env=env, stderr=log,
                stdin=subprocess.PIPE if part == "keeper" else subprocess.DEVNULL, stdout=log,
            )  # fmt: skip

    def kill(self, part: str) -> None:
        """Ends a part as a crash does."""
        self.processes[part].send_signal(signal.SIGKILL)
        self.processes[part].wait()

    def end(self) -> None:
        """Ends all; the keeper by its pipe."""
        for part in ("nomad_api", "consul_api"):
            self.processes[part].terminate()
        pipe = self.processes["keeper"].stdin
        if pipe:
            pipe.close()
        for process in self.processes.values():
            process.wait(timeout=15)

    def ready(self) -> bool:
        """Whether both APIs answer."""
        try:
            self.consul("/v1/status/leader")
            return requests.get(self.url("nomad_api") + "/v1/agent/health", timeout=5).ok
        except requests.ConnectionError:
            return False

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
        """One request to the Nomad API, with the token."""
        headers = {"X-Nomad-Token": NOMAD_TOKEN}
        url = self.url("nomad_api") + path
        return requests.request(method, url, json=body, headers=headers, timeout=30, **more)

    def consul(self, path: str) -> Any:
        """What Consul answers to a GET."""
        headers = {"X-Consul-Token": CONSUL_TOKEN}
        return requests.get(self.url("consul_api") + path, headers=headers, timeout=30).json()

    def register(self, job: dict[str, Any]) -> dict[str, Any]:
        """The answer to a register that must succeed."""
        answer = self.ask("POST", "/v1/jobs", {"Job": job})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def allocations(self, job_id: str) -> list[dict[str, Any]]:
        """The job's allocations, in the order of their creation."""
        found = self.ask("GET", f"/v1/job/{job_id}/allocations").json()
        return sorted(found, key=lambda alloc: int(alloc["CreateIndex"]))

    def one(self, job_id: str, status: str) -> dict[str, Any]:
        """The job's only allocation that has this ClientStatus, waited for."""
        return until(
            lambda: next((a for a in self.allocations(job_id) if a["ClientStatus"] == status), {})
        )

    def log(self, alloc: dict[str, Any], kind: str = "stdout") -> str:
        """The main task's log so far; empty before it has one."""
        path = f"/v1/client/fs/logs/{alloc['ID']}?task=main&type={kind}&plain=true"
        answer = self.ask("GET", path)
        return answer.content.decode() if answer.ok else ""


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Cluster]:
    """A started cluster; everything ends with it. `options` go to the keeper."""
    cluster = Cluster(folder, *options)
    try:
        for part in PARTS:
            cluster.start(part)
        until(cluster.ready)
        yield cluster
    finally:
        cluster.end()


def job(job_id: str, script: str, *, kind: str = "service", **task: Any) -> dict[str, Any]:
    """A small job whose one task runs the Python script."""
    group = {
        "Name": "main", "Count": 1, "EphemeralDisk": {"SizeMB": 150},
        "RestartPolicy": {"Attempts": 3, "Interval": 60 * 10**9, "Delay": 10**8, "Mode": "delay"},
        "Networks": [{"Mode": "host", "DynamicPorts": [{"Label": "http"}]}],
        "Tasks": [{
            "Name": "main", "Driver": "raw_exec", "KillSignal": "SIGTERM",
            "Config": {"command": sys.executable, "args": ["-c", script]},
            "Resources": {"CPU": 20, "MemoryMB": 32},
            "LogConfig": {"MaxFiles": 2, "MaxFileSizeMB": 5}, **task,
        }],
    }  # fmt: skip
    update = {"Update": {"MaxParallel": 0, "Canary": 0}} if kind == "service" else {}
    return {"ID": job_id, "Type": kind, "Datacenters": ["*"], "TaskGroups": [group], **update}


def events(alloc: dict[str, Any]) -> list[str]:
    """The types of the main task's events."""
    states = (alloc["TaskStates"] or {}).get("main") or {"Events": []}
    return [event["Type"] for event in states["Events"]]
