"""The way to the keeper: starts and signals processes, and sees them end."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Container
from signal import SIGKILL, SIGTERM
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request

from local.cluster.nomad.spec import Spec
from local.cluster.say import say
from local.cluster.web import Changes, open_direct

WAIT_S = 5.0
GRACE_S = 10.0
LOST: Spec = {"ended": 1, "exit_code": 137, "signal": 9}  # a process that the keeper has no more


class Door:
    """One keeper, and what it last said of its processes."""

    def __init__(self, address: str, token: str, changes: Changes) -> None:
        self._address, self._token, self._changes = address, token, changes
        self._seen: Spec = {"boot": "", "index": 0, "tasks": {}}

    def connect(self, patience_s: float = 30.0) -> Spec:
        """The node that the keeper describes, and its processes seen once; waits for the keeper."""
        deadline = time.monotonic() + patience_s
        while True:
            try:
                node: Spec = self._call("GET", "/v1/node")
                self._seen = self._call("GET", "/v1/tasks")
            except (URLError, OSError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                threading.Thread(target=self._follow, daemon=True).start()
                return node

    def _follow(self) -> None:
        while True:
            path = f"/v1/tasks?index={self._seen['index']}&wait={WAIT_S:g}s"
            try:
                self._seen = self._call("GET", path, timeout_s=WAIT_S * 3)
            except (URLError, OSError, ValueError) as error:
                say(f"keeper: {error}")
                self._seen = {**self._seen, "index": 0}  # a new keeper counts from the start
                time.sleep(0.3)
            self._changes.notify()

    def find(self, process: str, mark: Any) -> Spec | None:
        """How the process ended; None while it runs, and while nothing since `mark` is known."""
        seen = self._seen
        found: Spec | None = seen["tasks"].get(process)
        if found is not None:
            return found if found["ended"] else None
        if mark is None:
            return None
        boot, index = mark
        return LOST if seen["boot"] != boot or seen["index"] >= index else None

    def knows(self, process: str) -> bool:
        """Whether the keeper has started the process before."""
        return process in self._seen["tasks"]

    def start(self, process: str, order: Spec) -> list[Any]:
        """The mark from which on the keeper knows the process; ValueError holds why it does not."""
        try:
            found = self._call("PUT", f"/v1/tasks/{process}", order)
        except HTTPError as error:
            raise ValueError(error.read().decode()) from error
        return [found["boot"], found["index"]]

    def signal(self, process: str, number: int, *, group: bool) -> None:
        """Sends a signal; a keeper that does not answer has said so in the log."""
        self._quietly("PUT", f"/v1/tasks/{process}/signal", {"signal": number, "group": group})

    def end_unknown(self, allocations: Container[str]) -> None:
        """Ends what belongs to no allocation, as a client does whose servers have forgotten it."""
        for process, task in self._seen["tasks"].items():
            if process.rpartition(".")[0] not in allocations and not task["ended"]:
                self.signal(process, SIGTERM, group=False)
                threading.Timer(GRACE_S, self._end, (process,)).start()

    def _end(self, process: str) -> None:
        self.signal(process, SIGKILL, group=True)
        self.forget(process)

    def forget(self, process: str) -> None:
        """Lets the keeper forget a process that is over."""
        self._quietly("DELETE", f"/v1/tasks/{process}", None)

    def _quietly(self, method: str, path: str, body: Any) -> None:
        try:
            self._call(method, path, body)
        except (URLError, OSError) as error:
            say(f"keeper: {error}")

    def _call(self, method: str, path: str, body: Any = None, timeout_s: float = 10.0) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"X-Keeper-Token": self._token}
        asked = Request(self._address + path, data, headers, method=method)  # noqa: S310
        with open_direct(asked, timeout=timeout_s) as answer:
            return json.loads(answer.read())
