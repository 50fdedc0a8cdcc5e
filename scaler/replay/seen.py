"""What a policy may look at: what the edge, the queue and the orchestrator show. Never arrivals.

One row a lane; a lane is a run beside others, or a live service. NaN is a reading that got lost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Instances:
    """The counts of each lane: asked for, ready, and started but not ready yet. Shape (lanes,)."""

    desired: Ints
    ready: Ints
    starting: Ints


@dataclass(frozen=True)
class WebSeen:
    """A web service as its edge shows it at `now_s`.

    The last readings have shape (lanes, 6), one every `reading_s` seconds, the newest last:
    completed requests a second, their mean duration and 95th percentile in seconds, open
    connections, and requests a second that left unanswered, which only a guard shows. `cpu` has
    shape (lanes,): the busy share of ready instances, a 30 s mean that ended 15 s ago, at most 1.
    """

    now_s: int
    reading_s: int
    instances: Instances
    completed: Floats
    mean_s: Floats
    p95_s: Floats
    open: Floats
    left: Floats
    cpu: Floats


@dataclass(frozen=True)
class WorkerSeen:
    """A worker as its queue shows it at `now_s`; all of shape (lanes,), NaN where lost.

    Jobs that wait and that are worked on, the age in seconds of the oldest that waits, and the mean
    run time in seconds of those that finished, NaN before the first.
    """

    now_s: int
    reading_s: int
    instances: Instances
    waiting: Floats
    busy: Floats
    oldest_s: Floats
    run_s: Floats


Seen = WebSeen | WorkerSeen
