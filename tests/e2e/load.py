"""A steady load on one address of the edge, for as long as something is tried beside it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

REQUESTS_PER_S = 20
THREADS = 8
LONGEST_S = 400
TIMEOUT_S = 30


@dataclass(frozen=True)
class Seen:
    """One request: when it began and ended (seconds, monotonic), and what came."""

    began: float
    ended: float
    status: int
    greeting: str = ""
    instance: str = ""
    error: str = ""

    @property
    def ok(self) -> bool:
        return self.status == 200


@dataclass
class Load:
    """The requests so far, in the order in which they ended."""

    seen: list[Seen] = field(default_factory=list)

    def failed(self) -> list[Seen]:
        """Those that did not get an answer of the app."""
        return [each for each in self.seen if not each.ok]

    def rate(self) -> float:
        """How many requests a second were made on average."""
        return len(self.seen) / (self.seen[-1].ended - self.seen[0].began)

    def since(self, at: float) -> Sequence[Seen]:
        """Those that began after this moment."""
        return [each for each in self.seen if each.began > at]


@contextmanager
def load(address: str, per_s: int = REQUESTS_PER_S) -> Iterator[Load]:
    """So many requests a second until the block is left, for some minutes at most."""
    running, stop, began = Load(), threading.Event(), time.monotonic()
    threads = [
        threading.Thread(target=_ask, args=(address, running, stop, began, number, per_s))
        for number in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield running
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _ask(
    address: str, running: Load, stop: threading.Event, began: float, number: int, per_s: int
) -> None:
    """One thread's share; half of them keep their connection, as browsers do."""
    session = requests.Session()
    due = began + number / per_s
    while due < began + LONGEST_S and not stop.wait(max(0.0, due - time.monotonic())):
        running.seen.append(_one(session, address))
        due += THREADS / per_s
        if number % 2:
            session.close()


def _one(session: requests.Session, address: str) -> Seen:
    began = time.monotonic()
    try:
        answer = session.get(address, timeout=TIMEOUT_S)
        told = answer.json() if answer.ok else {}
    except requests.RequestException as error:
        return Seen(began, time.monotonic(), 0, error=repr(error))
    return Seen(
        began,
        time.monotonic(),
        answer.status_code,
        str(told.get("greeting", "")),
        str(told.get("instance", "")),
        "" if answer.ok else answer.text[:200],
    )
