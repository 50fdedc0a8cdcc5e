"""A whole Muster that was started for the tests: where it answers, what it runs, what it logs."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests

from local.launch.ports import Ports, derive, is_free
from tests.e2e.browser import Browser
from tests.local.launch.launcher import Launcher, launch

# Their slices (33 to 46) are not those that the launcher's own tests begin with (21, 31).
FIRST_BASE, LAST_BASE = 25_100, 25_360
MODULE = "local.launch"
READY = "Stop everything with Ctrl-C"
LAST_LINES = 25
T = TypeVar("T")


@dataclass(frozen=True)
class Muster:
    """A start on a folder of its own."""

    launcher: Launcher
    ports: Ports

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['muster']}"

    def browser(self, person: str) -> Browser:
        """A browser in which this person of the demo is signed in."""
        browser = Browser(self.url)
        browser.sign_in(person, self.password(person))
        return browser

    def password(self, person: str) -> str:
        """With what this person of the demo signs in."""
        return str(self._read("demo-users.json")[person])

    def wait_until_it_answers(self, within_s: float = 120) -> None:
        """Nothing, once the pages are there; the example is not yet live then."""
        process = self.launcher.process
        until(lambda: self._answers() or process.poll() is not None, within_s, self.logs)
        assert process.poll() is None, self.logs()

    def pid_of_task(self, allocation: str) -> int:
        """The process that the local cluster runs for this instance now."""
        mine = [pid for key, pid in self.tasks().items() if key.startswith(allocation)]
        return mine[0]

    def tasks(self) -> dict[str, int]:
        """The processes that the local cluster runs now, by the task."""
        headers = {"X-Keeper-Token": self._read("secrets.json")["keeper"]}
        url = f"http://127.0.0.1:{self.ports['keeper']}/v1/tasks"
        tasks = requests.get(url, headers=headers, timeout=10).json()["tasks"]
        return {key: int(task["pid"]) for key, task in tasks.items() if not task["ended"]}

    def pids(self) -> dict[str, int]:
        """What the launcher has started, by name."""
        return {each["name"]: each["pid"] for each in self._read("pids.json")}

    def settings(self) -> dict[str, str]:
        """The environment of Muster's own processes, as far as others may work with it."""
        found: dict[str, str] = self._read("settings.json")
        return found

    def told(self, part: str) -> dict[str, Any]:
        """What the launcher tells of a part."""
        parts: list[dict[str, Any]] = self._read("parts.json")["parts"]
        return next(each for each in parts if each["name"] == part)

    def logs(self) -> str:
        """What the launcher said, and the end of every log."""
        logs = sorted((self.launcher.state / "logs").glob("*.log"))
        ends = [f"--- {path.name}\n{_end(path)}" for path in logs]
        return "\n".join([self.launcher.said(), *ends])

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).ok
        except requests.RequestException:
            return False

    def _read(self, name: str) -> Any:
        return json.loads((self.launcher.state / name).read_text())


@contextmanager
def start(folder: Path) -> Iterator[Muster]:
    """A Muster that has just begun to start; whatever happens, it ends."""
    base = free_base()
    launcher = launch(MODULE, base, folder / "state")
    try:
        yield Muster(launcher, derive(base))
    finally:
        if launcher.process.poll() is None:
            launcher.end(signal.SIGTERM, within_s=60)


def free_base() -> int:
    """The start of a block of twenty free ports, with free ports for resources.

    Where the search begins differs by process: tests that start at once would find the same.
    """
    bases = list(range(FIRST_BASE, LAST_BASE + 1, 20))
    first = os.getpid() % len(bases)
    for base in bases[first:] + bases[:first]:
        wanted = [*range(base, base + 20), *derive(base).resources[:10]]
        if all(is_free(port) for port in wanted):
            return base
    raise AssertionError("no twenty free ports in a row")


def get(address: str, path: str = "") -> requests.Response:
    """The edge's answer at one of the addresses that a page shows."""
    parts = urlsplit(address)
    # Not every machine knows names below localhost; browsers do.
    url = f"http://127.0.0.1:{parts.port}{parts.path.rstrip('/')}/{path}"
    return requests.get(url, headers={"Host": parts.netloc}, timeout=30)


def until(look: Callable[[], T], within_s: float, shown: Callable[[], object] = lambda: "") -> T:
    """What `look` returns as soon as it is true; fails with what is shown after `within_s`."""
    end = time.monotonic() + within_s
    while not (found := look()):
        assert time.monotonic() < end, f"not so within {within_s:g} s: {shown()}"
        time.sleep(0.2)
    return found


def _end(path: Path) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-LAST_LINES:])
