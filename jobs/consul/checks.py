"""The list of all checks, asked for again only when one of them has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from jobs.consul.check import Check, read_check
from jobs.consul.door import Door

WHOLE_S = 15.0
"""So old the list gets at most. A token that lost its rights gets the index all the same."""


class Checks:
    """The checks of all services, and what they were when last read."""

    def __init__(self, door: Door, clock: Callable[[], float] = time.monotonic) -> None:
        self._door, self._clock = door, clock
        self._last: tuple[Check, ...] = ()
        self._index, self._read_at = 0, clock()

    def read(self) -> tuple[Check, ...]:
        """The checks as they are now; the same object while none has changed."""
        young = self._clock() - self._read_at < WHOLE_S
        if self._last and young and self._stand():
            return self._last
        answer, known = self._door.ask("get", "health/state/any"), _by_entry(self._last)
        listed = (_read_again(body, known) for body in answer.json())
        self._last = tuple(check for check in listed if check.service_id)
        self._index, self._read_at = answer.index, self._clock()
        return self._last

    def _stand(self) -> bool:
        """Whether none has changed: the critical ones are few, and their index is that of all."""
        return 0 < self._index == self._door.ask("get", "health/state/critical").index


def _by_entry(checks: tuple[Check, ...]) -> dict[str, Check]:
    return {each.service_id: each for each in checks}


def _read_again(body: Mapping[str, Any], known: Mapping[str, Check]) -> Check:
    """The check, made anew only if it says something else than the last one of its registration."""
    before = known.get(body.get("ServiceID") or "")
    if before and (before.service, before.status) == (body["ServiceName"], body["Status"]):
        return before
    return read_check(body)
