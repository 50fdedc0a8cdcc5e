"""Ticks as the sampler and the loop leave them, for tests of pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from platform_admin.models import SHARDS, Service, Shard, Tick
from scaler.loop.memory import NOTHING_SAID, PROPOSAL
from scaler.rules.steps import STEPS
from scaler.samples.series import SERIES, empty


def tick(
    at: datetime,
    services: Sequence[Service],
    readings: Mapping[str, float],
    counts: Sequence[int] | None = None,
) -> Tick:
    """A tick in which each service has these readings; decided to these counts, if given.

    What is not read is unknown.
    """
    services = sorted(services, key=lambda service: service.pk)
    table = empty(len(services))
    for name, value in readings.items():
        table[SERIES.index(name)] = value
    environment = services[0].environment
    shard, _ = Shard.objects.get_or_create(
        cell=environment.cell, number=environment.app.team_id % SHARDS
    )
    decided = np.tile(np.array(counts or (), dtype="<i2")[:, np.newaxis], len(services))
    return Tick.objects.create(
        shard=shard,
        at=at,
        services=np.array([service.pk for service in services], dtype="<i8").tobytes(),
        samples=table.astype("<f4").tobytes(),
        decided_at=at if counts else None,
        counts=decided.tobytes() if counts else None,
    )


def at_rest(count: int) -> tuple[int, ...]:
    """The counts of a decision in which no step wanted another one."""
    return (count,) * len(STEPS)


def unproposed(counts: Sequence[int]) -> tuple[int, ...]:
    """The counts as they are stored where no signal proposed anything."""
    return tuple(NOTHING_SAID if place == PROPOSAL else count for place, count in enumerate(counts))


def moved(start: int, **after: int) -> tuple[int, ...]:
    """The counts of a decision: `start`, until a step by its name gives another one."""
    counts, now = [], start
    for step in STEPS:
        now = after.get(step, now)
        counts.append(now)
    return tuple(counts)


def before_schedules(counts: Sequence[int]) -> tuple[int, ...]:
    """The counts as they were stored while there was no step for schedules."""
    return tuple(count for step, count in zip(STEPS, counts, strict=True) if step != "schedule")


WEB: Mapping[str, float] = {
    "rate": 12.0,
    "errors": 0.0,
    "p95_s": 0.084,
    "mean_s": 0.05,
    "fallback": 0.0,
    "edge_age_s": 0.0,
    "desired": 1.0,
    "running": 1.0,
    "healthy": 1.0,
    "ready_age_s": 0.0,
}
WORKER: Mapping[str, float] = {
    "waiting": 7.0,
    "oldest_s": 12.0,
    "busy": 2.0,
    "service_s": 0.5,
    "queue_age_s": 0.0,
    "desired": 1.0,
    "running": 1.0,
    "healthy": 1.0,
    "ready_age_s": 0.0,
}
