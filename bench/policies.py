"""`./run bench policies`: the memory and the time that a step of the default policies takes."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from statistics import median

import numpy as np

from scaler.policies import web, worker
from scaler.policies.readings import Floats, WebReadings, WorkerReadings

SERVICES = 10_000
WARM, STEPS = 3, 20
SEED = 0


def main(argv: Sequence[str]) -> int:
    """0; a line a kind of service on the standard output."""
    parser = argparse.ArgumentParser(prog="./run bench policies", description=__doc__)
    parser.add_argument("--services", type=int, default=SERVICES, help=f"how many ({SERVICES:,})")
    services = parser.parse_args(argv).services
    random = np.random.default_rng(SEED)
    for kind, times_s, size in (
        ("web", *_web(services, random)),
        ("worker", *_worker(services, random)),
    ):
        print(
            f"{kind}: {services:,} services in {size / 1e6:.1f} MB, a step {median(times_s):.1f} ms"
            f" of processor time ({min(times_s):.1f} to {max(times_s):.1f})"
        )
    return 0


def _web(services: int, random: np.random.Generator) -> tuple[list[float], int]:
    """Milliseconds of every step, and the bytes of the state after the last."""
    level = random.uniform(1.0, 2000.0, services)
    counts = np.ceil(level / 60.0).astype(np.int64)
    startup_s = random.choice([10.0, 30.0, 90.0], services)
    state, took = web.begun(counts), []
    for tick in range(WARM + STEPS):
        seen = _edge(random.poisson(level * 10.0) / 10.0, counts, startup_s)
        began = time.process_time()
        counts, state, _ = web.step(state, seen, 10.0 * tick)
        took.append(1000.0 * (time.process_time() - began))
    return took[WARM:], size_of(state)


def _edge(completed: Floats, counts: np.ndarray, startup_s: Floats) -> WebReadings:
    lanes = np.ones(len(completed))
    return WebReadings(
        completed=completed,
        mean_s=0.1 * lanes,
        p95_s=0.12 * lanes,
        fallback=0.0 * lanes,
        open=completed * 0.1,
        ready=counts,
        desired=counts,
        startup_s=startup_s,
        drain_s=10.0 * lanes,
        latency_s=0.5 * lanes,
        price=0.2 * lanes,
        minimum=np.ones(len(lanes), np.int64),
        maximum=np.full(len(lanes), 100),
    )


def _worker(services: int, random: np.random.Generator) -> tuple[list[float], int]:
    """Milliseconds of every step, and the bytes of the state after the last."""
    lanes, state, took = np.ones(services), worker.begun(services), []
    counts = np.ones(services, np.int64)
    for tick in range(WARM + STEPS):
        waiting = random.poisson(3.0, services).astype(np.float64)
        seen = WorkerReadings(
            waiting=waiting,
            busy=counts.astype(np.float64),
            oldest_s=5.0 * lanes,
            run_s=60.0 * lanes,
            desired=counts,
            startup_s=30.0 * lanes,
            deadline_s=60.0 * lanes,
            minimum=np.ones(services, np.int64),
            maximum=np.full(services, 100),
        )
        began = time.process_time()
        counts, state, _ = worker.step(state, seen, 10.0 * tick)
        took.append(1000.0 * (time.process_time() - began))
    return took[WARM:], size_of(state)


def size_of(state: object) -> int:
    """Bytes of all arrays of a state, however deep."""
    if isinstance(state, np.ndarray):
        return state.nbytes
    if is_dataclass(state):
        return sum(size_of(getattr(state, field.name)) for field in fields(state))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
