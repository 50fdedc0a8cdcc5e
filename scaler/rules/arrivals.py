"""How many requests arrive. The edge counts those that end: under overload, the capacity."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Bools, Floats, divided
from scaler.rules.history import History
from scaler.rules.observation import Observation

STEEPEST, LOWEST = 0.95, -3.0
"""Where the slope of the mean duration is cut."""
LONGEST_GAP_S = 60.0
SAME_READING_S = 0.5


def read_at(observation: Observation, now: float) -> Floats:
    """When the edge was read, (n,) seconds; NaN where unknown."""
    return now - observation.edge_age_s


def is_new(observation: Observation, history: History, now: float) -> Bools:
    """Whether the edge's reading is another one than the last remembered, (n,)."""
    at = read_at(observation, now)
    last = history.seen_at[:, -1]
    return np.isfinite(at) & np.isfinite(observation.rate) & ~(at - last < SAME_READING_S)


def arrivals(observation: Observation, history: History, latency_s: Floats, now: float) -> Floats:
    """Requests that arrive a second, with those that the fallback answered; NaN is unknown.

    While the mean duration W grows, `completed / (1 - dW/dt)`: who ends now came W ago. While it
    falls and p95 is still over `latency_s`, likewise: a backlog that is worked off is no demand.
    Bounded by what completed and all that is open now; a service that hangs and completes nothing
    is unknown, not idle. (n,); the observation is a fresh one.
    """
    before_at, before_s = _before(observation, history, now)
    elapsed = read_at(observation, now) - before_at
    near = (elapsed > 0) & (elapsed <= LONGEST_GAP_S)
    slope = divided(observation.mean_s - before_s, np.where(near, elapsed, np.nan))
    lowest = np.where(observation.p95_s > latency_s, LOWEST, 0.0)
    slope = np.clip(np.nan_to_num(slope, nan=0.0), lowest, STEEPEST)
    estimate = observation.rate / (1 - slope)
    most = observation.rate + divided(observation.open, np.where(near, elapsed, np.nan))
    estimate = np.where(slope > 0, np.fmax(np.fmin(estimate, most), observation.rate), estimate)
    hangs = (observation.rate == 0) & (before_s > elapsed) & near & ~(observation.open == 0)
    estimate = np.where(hangs, np.nan, estimate)
    return np.where(observation.fallback > 0, np.nan_to_num(estimate), estimate) + np.nan_to_num(
        observation.fallback
    )


def _before(observation: Observation, history: History, now: float) -> tuple[Floats, Floats]:
    """Time and mean duration of the reading before this one."""
    same = read_at(observation, now) - history.seen_at[:, -1] < SAME_READING_S
    at = np.where(same, history.seen_at[:, -2], history.seen_at[:, -1])
    return at, np.where(same, history.mean_s[:, -2], history.mean_s[:, -1])
