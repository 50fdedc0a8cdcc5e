"""What the model is given for a trace: arrivals or jobs, once a seed, and lost readings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bench.scaling.traces import Trace
from bench.scaling.window import INTERPOLATED_FROM_S, Window
from scaler.replay.settings import READING_S, READINGS_LOST, WebSettings
from scaler.replay.web import WebDemand
from scaler.replay.worker import WorkerDemand

Floats = NDArray[np.float64]
PEAK_INSTANCES = 40
RUN_S = 60.0
START_USED = 0.8
LITTLE_S = 600


def web_demand(
    trace: Trace, window: Window, seeds: Sequence[int], settings: WebSettings
) -> WebDemand:
    """Arrivals of each second, scaled so that the trace's peak needs 40 instances.

    Drawn from a Poisson distribution where a bucket is longer than a second, as recorded otherwise.
    """
    rates = rate_of_each_second(trace)[window.begin_s : window.end_s]
    rates = rates * (PEAK_INSTANCES * settings.rate / peak_rate(trace))
    if trace.step_s == 1:
        arrivals = np.tile(rates, (len(seeds), 1))
    else:
        arrivals = np.stack([_random(trace, seed).poisson(rates) for seed in seeds])
    return WebDemand(
        arrivals.astype(np.float64),
        rates,
        lost_readings(trace, seeds, len(rates)),
        window.scored_from_s - window.begin_s,
    )


def rate_of_each_second(trace: Trace) -> Floats:
    """Requests a second; buckets of five minutes and more are joined by straight lines."""
    rates = trace.values / trace.step_s
    if trace.step_s < INTERPOLATED_FROM_S:
        return np.repeat(rates, trace.step_s)
    middles = trace.times_s + trace.step_s / 2
    seconds = np.arange(trace.times_s[0], trace.times_s[-1] + trace.step_s)
    return np.interp(seconds + 0.5, middles, rates)


def peak_rate(trace: Trace) -> float:
    """The highest rate of a bucket in the whole trace; 1 where nothing ever arrives."""
    return float(trace.values.max()) / trace.step_s or 1.0


def web_start(demand: WebDemand, settings: WebSettings) -> int:
    """The count to begin with: what the first minute needs at 80 % of capacity."""
    return max(1, int(np.ceil(demand.rates[:60].mean() / (START_USED * settings.rate))))


def worker_demand(trace: Trace, window: Window, seeds: Sequence[int]) -> WorkerDemand:
    """The jobs; where only counts are known, at any moment of their bucket and 60 s long.

    Those run times are exponential, with that mean.
    """
    drawn = [_jobs(trace, window, _random(trace, seed)) for seed in seeds]
    seconds = window.end_s - window.begin_s
    return WorkerDemand(
        np.stack([times for times, _ in drawn]),
        np.stack([runs for _, runs in drawn]),
        lost_readings(trace, seeds, seconds),
        seconds,
        window.scored_from_s - window.begin_s,
    )


def worker_start(demand: WorkerDemand) -> int:
    """The count to begin with: the jobs that run at once at the pace of the first ten minutes."""
    early = demand.arrivals[0] < LITTLE_S
    return max(1, int(np.ceil(demand.runs[0][early].sum() / LITTLE_S)))


def lost_readings(trace: Trace, seeds: Sequence[int], seconds: int) -> NDArray[np.bool_]:
    """Which readings never come, shape (seeds, readings)."""
    shape = seconds // READING_S
    draws = [_random(trace, seed, 1).random(shape) < READINGS_LOST for seed in seeds]
    return np.stack(draws)


def _jobs(trace: Trace, window: Window, random: np.random.Generator) -> tuple[Floats, Floats]:
    inside = (trace.times_s >= window.begin_s) & (trace.times_s < window.end_s)
    times, values = trace.times_s[inside] - window.begin_s, trace.values[inside]
    if not trace.step_s:
        return times, np.maximum(values, 1e-3)
    counts = np.rint(values).astype(np.int64)
    times = np.repeat(times, counts) + random.random(int(counts.sum())) * trace.step_s
    return np.sort(times), random.exponential(RUN_S, len(times))


def _random(trace: Trace, seed: int, purpose: int = 0) -> np.random.Generator:
    return np.random.default_rng([seed, purpose, *trace.name.encode()])
