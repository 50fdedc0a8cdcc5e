"""A service's past as its rows would say it: a day's wave, noise, and readings that got lost."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Floats
from scaler.samples.series import SERIES

BEGIN = 1_790_000_000.0
HOLDS, WORK_S = 40.0, 0.1
LOST = 0.05


def wave(hours: float, *, level: float = 150.0, seed: int = 0) -> Floats:
    """Requests a second of each reading: a wave of a day, with the noise of what is counted."""
    at = np.arange(round(hours * 360)) * 10.0
    mean = level * (1.0 + 0.8 * np.sin(2 * np.pi * at / 86_400.0))
    return np.asarray(np.random.default_rng(seed).poisson(10.0 * mean) / 10.0)


def served(rates: Floats, *, lost: float = LOST, seed: int = 1) -> tuple[Floats, Floats]:
    """Times (k,) and series (SERIES, k) of a service that had enough instances all the time."""
    count = np.maximum(np.ceil(rates / (0.7 * HOLDS)), 1.0)
    table = np.full((len(SERIES), len(rates)), np.nan, np.float64)
    rows = {
        "rate": rates,
        "errors": 0.0 * rates,
        "p95_s": np.full(len(rates), 1.2 * WORK_S),
        "mean_s": np.full(len(rates), WORK_S),
        "fallback": 0.0 * rates,
        "open": rates * WORK_S,
        "edge_age_s": 0.0 * rates,
        "ready_age_s": 0.0 * rates,
        "desired": count,
        "serving": count,
    }
    for name, row in rows.items():
        table[SERIES.index(name)] = row
    gone = np.random.default_rng(seed).random(len(rates)) < lost
    table[SERIES.index("edge_age_s"), gone] = np.nan
    return np.asarray(BEGIN + 10.0 * np.arange(len(rates))), np.asarray(table)


def queued(hours: float, *, every_s: float = 30.0, run_s: float = 20.0) -> tuple[Floats, Floats]:
    """Times and series of a worker with enough instances; a job came every so many seconds."""
    at = np.arange(round(hours * 360)) * 10.0
    busy = np.floor(at / every_s) - np.floor((at - run_s) / every_s)
    table = np.full((len(SERIES), len(at)), np.nan)
    rows = {
        "waiting": 0.0 * at,
        "busy": busy,
        "oldest_s": 0.0 * at,
        "service_s": np.full(len(at), run_s),
        "queue_age_s": 0.0 * at,
        "ready_age_s": 0.0 * at,
        "desired": np.maximum(busy, 2.0),
        "serving": np.maximum(busy, 2.0),
    }
    for name, row in rows.items():
        table[SERIES.index(name)] = row
    return np.asarray(BEGIN + at), np.asarray(table)
