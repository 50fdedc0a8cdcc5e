"""What was read of the services, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scaler.rules.arrays import Bools, Floats


@dataclass(frozen=True)
class Observation:
    """One evaluation's readings and states: arrays of length n, metrics (n, M). NaN is unknown.

    Edge: `rate` requests completed a second, `mean_s` and `p95_s` their duration in seconds (NaN
    is right where none completed), `fallback` requests a second that no instance answered, because
    none was there or the guard turned them away, `refused` those of the second kind, `open`
    connections at the entry point (an upper bound, shared by all services; NaN bounds nothing).
    Queue: `waiting` and `busy` jobs, `service_s` mean run time, `oldest_s` wait of the oldest job
    (0 where none waits). `metric` as the policy's `Metric` says. An age is in seconds; a NaN age
    makes its readings unknown.

    State: `desired`, `ready` (instances that are healthy and past their warm-up), `unplaced`
    (the cluster can not place what was asked for), `ordered_s` (seconds since the cluster
    acknowledged what was asked for), `rolling` (the count must not change now), `override`
    (instances, NaN for none) until `override_until` (inf without an end), `release` (the number of
    the live one).
    """

    desired: Floats
    ready: Floats
    ready_age_s: Floats
    rate: Floats
    mean_s: Floats
    p95_s: Floats
    fallback: Floats
    refused: Floats
    open: Floats
    edge_age_s: Floats
    waiting: Floats
    busy: Floats
    service_s: Floats
    oldest_s: Floats
    queue_age_s: Floats
    metric: Floats
    metric_age_s: Floats
    unplaced: Bools
    ordered_s: Floats
    rolling: Bools
    override: Floats
    override_until: Floats
    release: Floats

    def __len__(self) -> int:
        return len(self.desired)


def nothing_read(desired: Floats, metrics: int = 0) -> Observation:
    """An observation of services at `desired` (n,) in which nothing else is known.

    `dataclasses.replace` puts in what is.
    """
    count = len(desired)

    def unknown() -> Floats:
        return np.full(count, np.nan)

    return Observation(
        desired=np.asarray(desired, dtype=np.float64),
        ready=unknown(),
        ready_age_s=unknown(),
        rate=unknown(),
        mean_s=unknown(),
        p95_s=unknown(),
        fallback=unknown(),
        refused=unknown(),
        open=unknown(),
        edge_age_s=unknown(),
        waiting=unknown(),
        busy=unknown(),
        service_s=unknown(),
        oldest_s=unknown(),
        queue_age_s=unknown(),
        metric=np.full((count, metrics), np.nan),
        metric_age_s=np.full((count, metrics), np.nan),
        unplaced=np.zeros(count, dtype=np.bool_),
        ordered_s=unknown(),
        rolling=np.zeros(count, dtype=np.bool_),
        override=unknown(),
        override_until=unknown(),
        release=unknown(),
    )
