"""How many requests arrive. The edge counts those that end: under overload, the capacity."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scaler.policies.readings import INTERVAL_S, Bools, Floats, WebReadings

CARRIED = 2
"""Readings in a row that growth is carried on through while nothing is known."""
STEEPEST, LOWEST = 0.95, -3.0
"""Where the slope of the mean duration is cut."""


@dataclass(frozen=True)
class Arrivals:
    """What is remembered, (n,): requests a second, the last two; and of the last known reading.

    `mean_s` is its mean duration, `in_flight` the requests that were worked on or waited at its
    end, `at` its moment. `known`: readings that were known so far; `silent`: how many were not,
    since the last one. `idle`: how many in a row, that were known, had no request at all.
    """

    last: Floats
    before: Floats
    mean_s: Floats
    in_flight: Floats
    at: Floats
    known: Floats
    silent: Floats
    idle: Floats


def nothing(lanes: int) -> Arrivals:
    """What is remembered of services that were never seen."""
    empty, none = np.full(lanes, np.nan), np.zeros(lanes)
    return Arrivals(empty, empty, empty, empty, empty, none, none, none)


def estimated(past: Arrivals, seen: WebReadings, now: float) -> tuple[Arrivals, Bools]:
    """Arrivals after this reading, and where it was known. (n,)

    While there is a queue and the mean duration W grows or falls, `completed / (1 - dW/dt)`: who
    ends now came W ago (scaling.md, section 5, step 2). What found no instance came too. Unknown is
    not zero: the last ones stand, for a while with their growth.
    """
    elapsed = np.maximum(now - past.at, INTERVAL_S)
    told = np.isfinite(seen.completed) & (seen.completed >= 0)
    seen = replace(seen, completed=np.where(told, seen.completed, 0.0))
    known = told & ~_hangs(past, seen, elapsed)
    queued = seen.p95_s > seen.latency_s
    came = np.where(queued, _by_slope(past, seen, elapsed), seen.completed)
    in_flight = _in_flight(past, seen, came, queued, elapsed)
    arriving = came + np.nan_to_num(seen.fallback)
    growth = np.nan_to_num(np.maximum(past.last - past.before, 0.0))
    carried = past.last + np.where(past.silent < CARRIED, growth, 0.0)
    return Arrivals(
        last=np.where(known, arriving, carried),
        before=past.last,
        mean_s=np.where(known, seen.mean_s, past.mean_s),
        in_flight=np.where(known, in_flight, past.in_flight),
        at=np.where(known, now, past.at),
        known=past.known + known,
        silent=np.where(known, 0.0, past.silent + 1),
        idle=np.where(known, np.where(arriving > 0, 0.0, past.idle + 1), past.idle),
    ), known


def _by_slope(past: Arrivals, seen: WebReadings, elapsed: Floats) -> Floats:
    """Requests a second, by how the mean duration moved; no more than all that is open."""
    slope = np.clip(np.nan_to_num((seen.mean_s - past.mean_s) / elapsed), LOWEST, STEEPEST)
    came = seen.completed / (1.0 - slope)
    most = seen.completed + np.maximum(seen.open - np.nan_to_num(past.in_flight), 0.0) / elapsed
    return np.where(slope > 0, np.fmin(came, most), came)


def _in_flight(
    past: Arrivals, seen: WebReadings, came: Floats, queued: Bools, elapsed: Floats
) -> Floats:
    """Requests at the end of the reading: as many as completed in their duration (Little).

    A queue holds those that came and did not end, too. Never more than what is open.
    """
    least = np.nan_to_num(seen.completed * seen.mean_s)
    grown = np.nan_to_num(past.in_flight) + (came - seen.completed) * elapsed
    return np.where(queued, np.fmin(np.maximum(grown, least), np.fmax(seen.open, least)), least)


def _hangs(past: Arrivals, seen: WebReadings, elapsed: Floats) -> Bools:
    """Whether nothing ended although requests that take longer than a reading are open."""
    silent = (seen.completed == 0) & ~(seen.fallback > 0)
    return np.asarray(silent & (past.mean_s > elapsed) & ~(seen.open == 0))
