"""The list of all allocations, of which only what changed is sent and read again.

With resources and task states an entry has 2.5 KB, without them 0.7 KB, and most of thousands do
not change from second to second.
"""

from __future__ import annotations

from collections.abc import Mapping

from jobs.nomad.allocation import Allocation, Listing, read_allocation
from jobs.nomad.door import Answer, Door
from jobs.nomad.job import Json

ALONE = 0.02
"""Up to this share of the list is asked for one by one: a call costs as much as 50 entries."""


class Allocations:
    """The allocations of a namespace ("*": of all), and what they were when last read."""

    def __init__(self, door: Door, namespace: str) -> None:
        self._door, self._namespace = door, namespace
        self._last = Listing(0, ())

    def read(self) -> Listing:
        """The allocations as they are now; those that did not change are the same objects."""
        last = self._last
        if not (last.items and self._stands(last)):
            self._last = (self._mended(last) if last.items else None) or self._whole(last)
        return self._last

    def _stands(self, last: Listing) -> bool:
        """Whether the list's index stands still, by one entry of it; an empty list is new."""
        answer = self._ask(task_states="false", per_page="1")
        return 0 < answer.index == last.index and bool(answer.json())

    def _mended(self, last: Listing) -> Listing | None:
        """The list, with only what changed read again; None where that is too much of it."""
        answer = self._ask(task_states="false")
        known, bodies = _by_id(last), answer.json()
        changed = [body["ID"] for body in bodies if _before(body, known) is None]
        if len(changed) > ALONE * len(bodies):
            return None
        fresh = {key: found for key in changed for found in self._alone(key)}
        # What Nomad forgot in between is neither.
        items = (fresh.get(body["ID"]) or _before(body, known) for body in bodies)
        return Listing(answer.index, tuple(each for each in items if each))

    def _alone(self, alloc_id: str) -> list[Allocation]:
        """The allocation as the list has it, none where Nomad knows it no more."""
        found = self._ask(task_states="true", resources="true", prefix=alloc_id).json()
        return [read_allocation(body) for body in found if body["ID"] == alloc_id]

    def _whole(self, last: Listing) -> Listing:
        known, answer = _by_id(last), self._ask(task_states="true", resources="true")
        items = (_before(body, known) or read_allocation(body) for body in answer.json())
        return Listing(answer.index, tuple(items))

    def _ask(self, **params: str) -> Answer:
        return self._door.ask("get", "allocations", {"namespace": self._namespace, **params})


def _by_id(listing: Listing) -> dict[str, Allocation]:
    return {each.id: each for each in listing.items}


def _before(body: Json, known: Mapping[str, Allocation]) -> Allocation | None:
    """The allocation as it was read before, None where it has changed since.

    By its time too: a Nomad that was restored gives an index a second time.
    """
    before = known.get(body["ID"])
    same = ("ModifyIndex", "ModifyTime")
    if before is None or [before.index, before.modify_time_ns] != [body[name] for name in same]:
        return None
    return before
