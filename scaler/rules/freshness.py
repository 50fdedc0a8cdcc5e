"""Which readings are known: unknown is never zero."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scaler.rules.arrays import LARGEST_COUNT, Floats
from scaler.rules.observation import Observation
from scaler.rules.policies import Policies

FRESH_INTERVALS = 3
"""For so long a reading counts as one of now: as many may be missing one after the other."""
LARGEST_READING = 1e9
"""Of any unit. More is a source's mistake, such as a counter read as a rate."""


def known(reading: Floats, age_s: Floats, limit_s: Floats) -> Floats:
    """`reading` where it is a number from 0 to LARGEST_READING, not older than the limit; else NaN.

    All of one shape, or broadcast to it.
    """
    usable = (reading >= 0) & (reading <= LARGEST_READING) & (age_s <= limit_s)
    return np.where(usable, reading, np.nan)


def fresh(policies: Policies, observation: Observation, delay_s: float = 0.0) -> Observation:
    """The observation with NaN in place of what is stale, missing, negative or impossible.

    `delay_s`: how much older all of it is by now than its ages say. When it was read stays as it
    is, so that the same reading is the same one, however late it is decided about.
    """

    def edge(reading: Floats) -> Floats:
        return known(reading, observation.edge_age_s + delay_s, policies.edge_limit_s)

    def queue(reading: Floats) -> Floats:
        return known(reading, observation.queue_age_s + delay_s, policies.queue_limit_s)

    ready = known(observation.ready, observation.ready_age_s + delay_s, policies.state_limit_s)
    return replace(
        observation,
        ready=np.where(ready <= LARGEST_COUNT, ready, np.nan),
        rate=edge(observation.rate),
        mean_s=edge(observation.mean_s),
        p95_s=edge(observation.p95_s),
        fallback=edge(observation.fallback),
        refused=edge(observation.refused),
        open=edge(observation.open),
        waiting=queue(observation.waiting),
        busy=queue(observation.busy),
        service_s=queue(observation.service_s),
        oldest_s=queue(observation.oldest_s),
        metric=known(
            observation.metric,
            observation.metric_age_s + delay_s,
            policies.metric_limit_s[:, np.newaxis],
        ),
    )
