"""A service and a worker as the tests describe them: what matters to a test, the rest as usual."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from scaler.policies import web
from scaler.policies.readings import Floats, Ints, WebReadings, WorkerReadings
from scaler.policies.why import Why

HOLDS = 80.0
WORK_S = 0.1
LATENCY_S = 0.5


def edge(
    completed: ArrayLike,
    ready: ArrayLike = 1,
    *,
    mean_s: ArrayLike = WORK_S,
    p95_s: ArrayLike = WORK_S,
    fallback: ArrayLike = 0.0,
    connections: ArrayLike | None = None,
    desired: ArrayLike | None = None,
    startup_s: ArrayLike = 30.0,
    price: float = 0.2,
    minimum: int = 1,
    maximum: int = 100,
) -> WebReadings:
    """Readings of as many services as `completed` has, requests a second."""
    rate = np.atleast_1d(np.asarray(completed, np.float64))

    def column(values: ArrayLike) -> Floats:
        return np.broadcast_to(np.asarray(values, np.float64), rate.shape).copy()

    def whole(values: ArrayLike) -> Ints:
        return np.broadcast_to(np.asarray(values, np.int64), rate.shape).copy()

    return WebReadings(
        completed=rate,
        mean_s=column(mean_s),
        p95_s=column(p95_s),
        fallback=column(fallback),
        open=column(rate * WORK_S if connections is None else connections),
        ready=whole(ready),
        desired=whole(ready if desired is None else desired),
        startup_s=column(startup_s),
        drain_s=column(10.0),
        latency_s=column(LATENCY_S),
        price=column(price),
        minimum=whole(minimum),
        maximum=whole(maximum),
    )


def unknown(services: int, ready: ArrayLike = 1) -> WebReadings:
    """Readings that got lost."""
    nothing = np.full(services, np.nan)
    return edge(nothing, ready, mean_s=np.nan, p95_s=np.nan, connections=np.nan)


def served(arriving: Floats, ready: Ints, queue: Floats) -> tuple[WebReadings, Floats]:
    """What the edge shows of so many requests a second, and the queue after; HOLDS an instance."""
    able = ready * HOLDS
    done = np.minimum(arriving + queue / 10.0, able)
    left = np.maximum(queue + 10.0 * (arriving - able), 0.0)
    wait_s = (queue + left) / 2.0 / able
    seen = edge(
        done,
        ready,
        mean_s=WORK_S + wait_s,
        p95_s=WORK_S + np.maximum(queue, left) / able,
        connections=left + done * WORK_S,
    )
    return seen, left


def followed(
    rates: Floats, counts: Ints, state: web.WebState | None = None, now: float = 0.0
) -> tuple[list[Ints], web.WebState, Why]:
    """What is wanted after each of `rates` (ticks, n) with an instance ready as soon as wanted."""
    state, queue, wanted = state or web.begun(counts), np.zeros(len(counts)), []
    for place, arriving in enumerate(rates):
        seen, queue = served(arriving, counts, queue)
        counts, state, why = web.step(state, seen, now + 10.0 * (place + 1))
        wanted.append(counts)
    return wanted, state, why


def queue(
    waiting: ArrayLike,
    busy: ArrayLike = 0,
    *,
    oldest_s: ArrayLike = 0.0,
    run_s: ArrayLike = 60.0,
    desired: ArrayLike = 1,
    startup_s: float = 30.0,
    deadline_s: float = 60.0,
    maximum: int = 100,
) -> WorkerReadings:
    """Readings of as many workers as `waiting` has."""
    jobs = np.atleast_1d(np.asarray(waiting, np.float64))

    def column(values: ArrayLike) -> Floats:
        return np.broadcast_to(np.asarray(values, np.float64), jobs.shape).copy()

    def whole(values: ArrayLike) -> Ints:
        return np.broadcast_to(np.asarray(values, np.int64), jobs.shape).copy()

    return WorkerReadings(
        waiting=jobs,
        busy=column(busy),
        oldest_s=column(oldest_s),
        run_s=column(run_s),
        desired=whole(desired),
        startup_s=column(startup_s),
        deadline_s=column(deadline_s),
        minimum=whole(1),
        maximum=whole(maximum),
    )
