"""What a policy is told about n services: what was read, what was measured, what is wanted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Smalls = NDArray[np.int16]
Bools = NDArray[np.bool_]

INTERVAL_S = 10
"""Seconds between two steps, and the length of a reading. A step that was missed is one lost."""
LARGEST = 30_000
"""Instances; what is wanted is cut here."""


@dataclass(frozen=True)
class WebReadings:
    """n services behind an edge, all fields (n,).

    Of the last INTERVAL_S seconds, NaN where unknown: completed requests a second, their mean
    duration and its 95th percentile (seconds; NaN too where nothing completed), requests a second
    that found no instance (`fallback`), and open connections at the end (`open`), which several
    services may share: a bound. `ready` and `desired` are instances. `startup_s` and `drain_s` are
    measured: from the order to the first request, from the order to the end. The knobs are
    `latency_s`, a request that takes longer is late, and `price`, what that is worth in
    instance-seconds.
    """

    completed: Floats
    mean_s: Floats
    p95_s: Floats
    fallback: Floats
    open: Floats
    ready: Ints
    desired: Ints
    startup_s: Floats
    drain_s: Floats
    latency_s: Floats
    price: Floats
    minimum: Ints
    maximum: Ints


@dataclass(frozen=True)
class WorkerReadings:
    """n workers and their queues, all fields (n,), NaN where unknown.

    Jobs that wait and that are worked on, the age of the oldest that waits in seconds, the mean run
    time of those that ended. `startup_s` is measured; `deadline_s` is how long a job may wait.
    """

    waiting: Floats
    busy: Floats
    oldest_s: Floats
    run_s: Floats
    desired: Ints
    startup_s: Floats
    deadline_s: Floats
    minimum: Ints
    maximum: Ints
