"""What each signal, alone, says that the count should be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scaler.rules.arrays import Bools, Floats, Numbers
from scaler.rules.capacity import Capacity
from scaler.rules.history import History
from scaler.rules.learning import learns_deadline, learns_latency
from scaler.rules.observation import Observation
from scaler.rules.policies import Policies
from scaler.rules.ratio import metrics
from scaler.rules.spoken import Spoken
from scaler.rules.web import by_latency
from scaler.rules.worker import by_drain_time, by_jobs

SIGNALS = ("latency", "drain", "jobs")
"""The signals of one's own columns; the metrics, as many as there are, follow them."""


@dataclass(frozen=True)
class Proposals:
    """What every signal wants, all (n, S): `count` in instances, NaN where unknown.

    `ratio` to the target where the signal has one, for the tolerance. `used`: the policy has the
    signal. `sure`: the signal may lower the count, for which must be known what runs, too.
    """

    count: Floats
    ratio: Floats
    used: Bools
    sure: Bools


def proposals(
    policies: Policies,
    observation: Observation,
    history: History,
    capacity: Capacity,
    spoken: Spoken,
    now: float,
) -> tuple[Proposals, Numbers]:
    """Every signal's proposal, with the numbers that say why; the observation is a fresh one.

    What was `spoken` stands in place of the rule where the policy learns.
    """
    web, numbers = by_latency(policies, observation, history, capacity, now)
    web = spoken.instead_of(web, learns_latency(policies))
    drain, left = by_drain_time(policies, observation)
    drain = spoken.instead_of(drain, learns_deadline(policies))
    jobs = by_jobs(policies, observation)
    each, ratio = metrics(
        observation.metric,
        policies.metric_target,
        policies.metric_total,
        observation.ready,
        observation.desired,
    )
    no_ratio = np.full((len(policies), len(SIGNALS)), np.nan)
    found = Proposals(
        count=np.column_stack([web.count, drain.count, jobs.count, each]),
        ratio=np.column_stack([no_ratio, ratio]),
        used=np.column_stack(
            [
                ~np.isnan(policies.latency_s),
                ~np.isnan(policies.drain_s),
                ~np.isnan(policies.jobs_per_worker),
                ~np.isnan(policies.metric_target),
            ]
        ),
        sure=np.column_stack([web.sure, drain.sure, jobs.sure, ~np.isnan(each)])
        & ~np.isnan(observation.ready)[:, np.newaxis],
    )
    numbers |= _queue(policies, observation, left)
    numbers |= spoken.numbers
    for place, name in enumerate((*SIGNALS, *_metric_names(policies))):
        numbers[f"{name}_wanted"] = found.count[:, place]
    for place, name in enumerate(_metric_names(policies)):
        numbers[name] = observation.metric[:, place]
        numbers[f"{name}_target"] = policies.metric_target[:, place]
        numbers[f"{name}_total"] = np.where(policies.metric_total[:, place], 1.0, np.nan)
    return found, numbers


def _metric_names(policies: Policies) -> list[str]:
    return [f"metric_{place}" for place in range(policies.metric_target.shape[1])]


def _queue(policies: Policies, observation: Observation, left: Floats) -> Numbers:
    used = ~(np.isnan(policies.drain_s) & np.isnan(policies.jobs_per_worker))
    columns = {
        "waiting": observation.waiting,
        "busy": observation.busy,
        "service_s": observation.service_s,
        "oldest_s": observation.oldest_s,
        "drain_s": policies.drain_s,
        "left_s": left,
        "jobs_per_worker": policies.jobs_per_worker,
    }
    return {name: np.where(used, column, np.nan) for name, column in columns.items()}
