"""How many workers a queue needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scaler.rules.arrays import Bools, Floats, divided, whole
from scaler.rules.observation import Observation
from scaler.rules.policies import Policies

LEAST_LEFT = 1 / 3
"""Of the drain target: what is left for the queue however old its oldest job is."""


@dataclass(frozen=True)
class Wanted:
    """A signal's proposal: instances (n,), NaN where unknown.

    `sure`: whether it may lower the count; without, it is only the least that is needed.
    """

    count: Floats
    sure: Bools


def by_drain_time(policies: Policies, observation: Observation) -> tuple[Wanted, Floats]:
    """Workers that empty the queue in time, and the seconds that are left for it. (n,)

    `ceil((busy + waiting) * mean service time / time left)`: the drain target less the age of
    the oldest job, at least a third of the target. An empty queue wants none. While no job has
    ended yet, one more at a time, no more than there are jobs. scaling.md, section 5, step 2.
    """
    target, desired = policies.drain_s, observation.desired
    jobs, sure = _jobs(observation)
    left = np.maximum(target - np.nan_to_num(observation.oldest_s), LEAST_LEFT * target)
    count = whole(divided(jobs * observation.service_s, left))
    late = observation.oldest_s > target
    step = np.where(late, np.minimum(desired + 1, np.maximum(jobs, desired)), desired)
    step = np.where(desired == 0, np.minimum(jobs, 1.0), step)
    no_time = np.isnan(observation.service_s) & (jobs > 0)
    idle = sure & (jobs == 0)
    count = np.where(idle, 0.0, np.where(no_time, step, count))
    count = np.where(np.isnan(target), np.nan, count)
    known_age = ~np.isnan(observation.oldest_s) | (observation.waiting == 0)
    return Wanted(count, idle | (sure & ~no_time & known_age)), left


def by_jobs(policies: Policies, observation: Observation) -> Wanted:
    """Workers that share the jobs, `ceil((busy + waiting) / jobs per worker)`. KEDA's formula."""
    jobs, sure = _jobs(observation)
    return Wanted(whole(divided(jobs, policies.jobs_per_worker)), sure)


def _jobs(observation: Observation) -> tuple[Floats, Bools]:
    """Jobs that wait or run, and whether that is all of them."""
    sure = ~np.isnan(observation.busy) & ~np.isnan(observation.waiting)
    return observation.waiting + np.nan_to_num(observation.busy), sure
