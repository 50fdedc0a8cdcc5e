"""What is measured of every service, by name: one float32 a service and tick, NaN for unknown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scaler.rules.arrays import Floats, Ints

SERIES: tuple[str, ...] = (
    "rate",
    "errors",
    "p50_s",
    "p95_s",
    "p99_s",
    "mean_s",
    "concurrency",
    "fallback",
    "open",
    "edge_age_s",
    "waiting",
    "oldest_s",
    "busy",
    "service_s",
    "queue_age_s",
    "desired",
    "running",
    "healthy",
    "ready_age_s",
    "serving",
    "placed",
)
"""Requests a second that instances answered, of them with 5xx, their durations (5xx left out), how
many were worked on at once, what the fallback answered a second, and the entry points' open
connections; jobs that wait and that are worked on, the oldest one's wait and the mean run time;
instances that are wanted, run and are healthy, those of them that carry traffic, and those that
have a place. Ages are those of the readings, in seconds.

The order is that of stored rows: a new series goes to the end."""

Row = NDArray[np.float32]


def empty(services: int) -> Row:
    """A table of series by services in which nothing is known."""
    return np.full((len(SERIES), services), np.nan, dtype=np.float32)


def column(table: Row, name: str) -> Floats:
    """One series of such a table, all NaN where the table is older than the series."""
    place = SERIES.index(name)
    if place >= len(table):
        return np.full(table.shape[1], np.nan)
    return np.asarray(table[place], dtype=np.float64)


def aligned(table: NDArray[np.generic], services: Ints, wanted: Ints, missing: float) -> Floats:
    """The table's columns (of `services`, ascending) for the `wanted` ones, else `missing`."""
    found = np.full((len(table), len(wanted)), missing)
    if len(services):
        places = np.minimum(np.searchsorted(services, wanted), len(services) - 1)
        here = services[places] == wanted
        found[:, here] = table[:, places[here]]
    return found
