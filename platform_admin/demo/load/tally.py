"""What came of the requests: counted by the time at which each should have been sent."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

SLOT_S = 0.25


@dataclass(frozen=True)
class Requests:
    """So many requests; a failed one is not late as well, and open ones have no answer yet."""

    total: int = 0
    late: int = 0
    failed: int = 0

    def __add__(self, other: Requests) -> Requests:
        return Requests(
            self.total + other.total, self.late + other.late, self.failed + other.failed
        )


@dataclass(frozen=True)
class Slot:
    """The requests that were due within SLOT_S seconds from `at` (seconds since the start).

    `over` had no good answer in time: late, failed, or still without one.
    """

    at: float
    total: int
    late: int
    failed: int
    over: int


@dataclass
class Tally:
    """The counts so far; `late_s` is the latency above which an answer is late."""

    late_s: float
    _total: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _late: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _failed: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _good: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    reasons: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _failed_at: list[float] = field(default_factory=list)

    def sent(self, due_s: float) -> None:
        """Nothing; a request that was due at this second is on its way."""
        self._total[_slot(due_s)] += 1

    def answered(self, due_s: float, at_s: float) -> None:
        """Nothing; its answer came at `at_s`, and its latency counts from when it was due."""
        (self._late if at_s - due_s > self.late_s else self._good)[_slot(due_s)] += 1

    def failed(self, due_s: float, reason: str, at: float) -> None:
        """Nothing; it got a 5xx, no connection, or no answer in time; `at` in s since 1970."""
        self._failed[_slot(due_s)] += 1
        self._failed_at.append(at)
        self.reasons[reason] += 1

    def failures(self, slot_s: float) -> list[tuple[float, int]]:
        """When requests failed: the starts of slots in s since 1970, and how many did then."""
        found = Counter(math.floor(at / slot_s) * slot_s for at in self._failed_at)
        return sorted(found.items())

    def slots(self, since: int = 0) -> list[Slot]:
        """The slots from this number on, in order, also those in which nothing was due."""
        return [self._slot(number) for number in range(since, max(self._total, default=-1) + 1)]

    def _slot(self, number: int) -> Slot:
        total, late, failed = (
            counts.get(number, 0) for counts in (self._total, self._late, self._failed)
        )
        good = self._good.get(number, 0)
        return Slot(number * SLOT_S, total, late, failed, total - good)


def requests(slots: Iterable[Slot]) -> Requests:
    """All of them together."""
    return sum((Requests(slot.total, slot.late, slot.failed) for slot in slots), Requests())


def share_over(slots: Iterable[Slot]) -> float | None:
    """Which part of the requests got no good answer in time; None where there were none."""
    seen = list(slots)
    total = sum(slot.total for slot in seen)
    return sum(slot.over for slot in seen) / total if total else None


def _slot(due_s: float) -> int:
    return math.floor(due_s / SLOT_S)
