"""How many requests arrive. The edge counts those that end: under overload, the capacity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scaler.policies.readings import INTERVAL_S, Bools, Floats, WebReadings

CARRIED = 2
"""Readings in a row that growth is carried on through while nothing is known."""


@dataclass(frozen=True)
class Arrivals:
    """What is remembered, (n,): requests a second, the last two; open connections, and when.

    `known`: readings that were known so far; `silent`: how many were not, since the last one.
    """

    last: Floats
    before: Floats
    open: Floats
    open_at: Floats
    known: Floats
    silent: Floats


def nothing(lanes: int) -> Arrivals:
    """What is remembered of services that were never seen."""
    empty = np.full(lanes, np.nan)
    return Arrivals(empty, empty, empty, empty, np.zeros(lanes), np.zeros(lanes))


def estimated(past: Arrivals, seen: WebReadings, now: float) -> tuple[Arrivals, Bools]:
    """Arrivals after this reading, and where it was known. (n,)

    Completed requests, and the growth of what is open, as far as there is a queue: whoever gives up
    leaves both. Unknown is not zero: the last ones stand, for a while with their growth.
    """
    known = np.isfinite(seen.completed) & (seen.completed >= 0)
    queued = (seen.p95_s > seen.latency_s) | (np.isnan(seen.p95_s) & (seen.open > 0))
    elapsed = np.maximum(now - past.open_at, INTERVAL_S)
    grown = np.nan_to_num((seen.open - past.open) / elapsed)
    arriving = np.maximum(seen.completed + np.where(queued, grown, 0.0), 0.0)
    growth = np.nan_to_num(np.maximum(past.last - past.before, 0.0))
    carried = past.last + np.where(past.silent < CARRIED, growth, 0.0)
    readable = known & np.isfinite(seen.open)
    return Arrivals(
        last=np.where(known, arriving, carried),
        before=past.last,
        open=np.where(readable, seen.open, past.open),
        open_at=np.where(readable, now, past.open_at),
        known=past.known + known,
        silent=np.where(known, 0.0, past.silent + 1),
    ), known
