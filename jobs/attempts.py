"""Trying again: how often, after which pauses, and for how long."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from jobs.errors import Unavailable

T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """At most `attempts` tries; none begins later than `budget_s` after the first did.

    So a server that refuses is asked again, and one that hangs to its time-out is not.
    """

    attempts: int = 3
    base_s: float = 0.1
    cap_s: float = 1.0
    budget_s: float = 10.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random


def pause_s(attempt: int, patience: Patience) -> float:
    """Return the pause after failed try number `attempt` (from 0), in seconds: full jitter.

    Source: Exponential Backoff And Jitter, AWS Architecture Blog, 2015.
    """
    return float(patience.chance() * min(patience.cap_s, patience.base_s * 2**attempt))


def persist(call: Callable[[], T], patience: Patience) -> T:
    """Return what `call` returns, trying again while it raises Unavailable."""
    end = patience.clock() + patience.budget_s
    for attempt in range(patience.attempts - 1):
        pause = pause_s(attempt, patience)
        try:
            return call()
        except Unavailable:
            if patience.clock() + pause > end:
                raise
        patience.sleep(pause)
    return call()
