"""How many instances a service behind the edge needs to stay under its latency target."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import LARGEST_COUNT, Bools, Floats, Numbers, divided, whole
from scaler.rules.arrivals import arrivals, is_new, read_at
from scaler.rules.capacity import Capacity, is_sure, planned
from scaler.rules.growth import growth
from scaler.rules.history import History
from scaler.rules.observation import Observation
from scaler.rules.policies import Policies
from scaler.rules.worker import Wanted

FEWEST = 5
"""Requests of an interval from which on their 95th percentile says something."""
STEEPEST = 1.0
"""Growth is carried on up to so many times what arrives now."""


def by_latency(
    policies: Policies, observation: Observation, history: History, capacity: Capacity, now: float
) -> tuple[Wanted, Numbers]:
    """Instances for what arrives, with the numbers that say why. (n,), requests/s, seconds.

    `ceil((arrivals + growth over start-up and interval + backlog / recovery) / capacity)`, one
    more while p95 (of FEWEST requests or more) is over its target, down only as far as that
    bound, with the tolerance as head room, allows. Without a known limit of an instance one more
    at a time. No request at all is a known zero. scaling.md, section 5, step 2.
    """
    arriving = arrivals(observation, history, policies.latency_s, now)
    level, more = _coming(policies, observation, history, arriving, now)
    over = np.asarray(observation.p95_s > policies.latency_s)
    backlog = _backlog(observation, capacity, policies.latency_s, over)
    level = np.where(over, np.fmax(level, arriving), level)
    demand = level + more + backlog / policies.recovery_s
    holds = planned(capacity)
    need = np.minimum(divided(demand, holds), LARGEST_COUNT)
    count = _count(policies, observation, capacity, need, arriving)
    may_step = _may_step(policies, observation, history, now)
    enough = tells(policies, observation)
    late = ((over & enough) | (observation.fallback > 0)) & may_step
    count = np.where(late, np.fmax(count, observation.desired + 1), count)
    used = ~np.isnan(policies.latency_s)
    count = np.where(used & ~np.isnan(arriving), count, np.nan)
    numbers = {
        "rate": observation.rate,
        "fallback": observation.fallback,
        "refused": np.where(observation.refused > 0, observation.refused, np.nan),
        "mean_s": observation.mean_s,
        "p95_s": observation.p95_s,
        "latency_s": policies.latency_s,
        "few": np.where(over & ~enough, 1.0, np.nan),
        "arrivals": arriving,
        "level": level,
        "growth": more,
        "backlog": backlog,
        "recovery_s": policies.recovery_s,
        "capacity": holds,
        "confidence": capacity.confidence,
    }
    wanted = Wanted(count, _sure(observation, arriving))
    return wanted, {name: np.where(used, column, np.nan) for name, column in numbers.items()}


def tells(policies: Policies, observation: Observation) -> Bools:
    """Whether an interval's requests are enough for a 95th percentile. (n,)"""
    return np.asarray(observation.rate * policies.interval_s >= FEWEST)


def _coming(
    policies: Policies, observation: Observation, history: History, arriving: Floats, now: float
) -> tuple[Floats, Floats]:
    """Requests/s now, and what they will have grown by when an instance ordered now serves.

    While they do not grow, now is the mean of the last readings: noise is no demand.
    """
    at = read_at(observation, now)
    new = is_new(observation, history, now)[:, np.newaxis]
    times = np.where(new, history.seen_at[:, 1:], history.seen_at[:, :-1])
    rates = np.where(new, history.arrivals[:, 1:], history.arrivals[:, :-1])
    rates = np.column_stack([rates, arriving])
    slope = growth(np.column_stack([times, at]), rates, history.noise)
    recent = np.where(np.isnan(rates[:, -3:]), arriving[:, np.newaxis], rates[:, -3:]).mean(axis=1)
    level = np.where((slope > 0) | (arriving == 0), arriving, recent)
    more = slope * (policies.start_up_s + policies.interval_s)
    return level, np.fmin(more, STEEPEST * level)


def _backlog(observation: Observation, capacity: Capacity, target_s: Floats, over: Bools) -> Floats:
    """Requests that wait: what is in flight, less what is being worked on. At most all open."""
    base = np.fmin(np.where(np.isnan(capacity.base_s), target_s, capacity.base_s), target_s)
    waiting = np.maximum(observation.rate * (observation.mean_s - base), 0.0)
    return np.where(over, np.nan_to_num(np.fmin(waiting, observation.open)), 0.0)


def _count(
    policies: Policies,
    observation: Observation,
    capacity: Capacity,
    need: Floats,
    arriving: Floats,
) -> Floats:
    """Up by the bound where an instance's limit is known, down by it where anything is.

    While p95 is under its target, only where the bound is left by more than the tolerance.
    """
    desired = observation.desired
    up = np.where(is_sure(capacity), whole(need), desired)
    down = whole(need * (1 + policies.tolerance))
    inside = need <= desired * (1 + policies.tolerance)
    up = np.where((observation.p95_s <= policies.latency_s) & inside, np.fmin(up, desired), up)
    count = np.where(up > desired, up, np.fmin(np.fmax(down, up), desired))
    over = ~(observation.p95_s <= policies.latency_s)
    count = np.where(over, np.fmax(count, desired), count)
    count = np.where(np.isnan(need), desired, count)
    return np.where(arriving == 0, 0.0, np.where(desired == 0, np.maximum(count, 1.0), count))


def _sure(observation: Observation, arriving: Floats) -> Bools:
    """Whether the edge said everything that going down needs."""
    idle = arriving == 0
    served = ~np.isnan(observation.p95_s) & ~np.isnan(observation.mean_s)
    known = ~np.isnan(observation.rate) & ~np.isnan(observation.fallback)
    return np.asarray(known & (idle | (served & (observation.ready > 0))))


def _may_step(policies: Policies, observation: Observation, history: History, now: float) -> Bools:
    """Whether the last step up, or the first order, has had the time to show what it did."""
    settling = policies.start_up_s + policies.interval_s
    recent = now - history.up_at < settling
    starting = observation.ready < observation.desired
    ordered = np.fmin(now - history.up_at, observation.ordered_s) < 2 * settling
    return np.asarray(~recent & ~(starting & ordered))
