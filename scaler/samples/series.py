"""What is measured of every service, by name: one float32 a service and tick, NaN for unknown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

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
    "refused",
    "release",
    "start_up_s",
    "stop_s",
    "acknowledged",
    "ordered_s",
    "override_s",
)
"""Requests a second that instances answered, of them with 5xx, their durations (5xx left out), how
many were worked on at once, what the fallback answered a second, and the entry points' open
connections; jobs that wait and that are worked on, the oldest one's wait and the mean run time;
instances that are wanted, run and are healthy, those of them that carry traffic, and those that
have a place; requests a second that the guard turned away. What decisions were made from beside
that: the number of the live release, in how many seconds an instance of it is taken to start and to
end, the instances that Nomad acknowledged and for how many seconds, and for how long a count by
hand still holds. Ages are those of the readings, in seconds.

The order is that of stored rows: a new series goes to the end."""

Row = NDArray[np.float32]
Scalar = TypeVar("Scalar", bound=np.generic)


def empty(services: int) -> Row:
    """A table of series by services in which nothing is known."""
    return np.full((len(SERIES), services), np.nan, dtype=np.float32)


def column(table: Row, name: str) -> Floats:
    """One series of such a table, all NaN where the table is older than the series."""
    place = SERIES.index(name)
    if place >= len(table):
        return np.full(table.shape[1], np.nan)
    return np.asarray(table[place], dtype=np.float64)


def joined(
    parts: Sequence[tuple[Ints, NDArray[np.generic]]],
) -> tuple[Ints, NDArray[np.generic]]:
    """The services of all parts (n,), ascending, and their tables (k, each) as one (k, n).

    A part's table that has fewer rows than another's ends with NaN.
    """
    if len(parts) == 1:
        return parts[0]
    rows = max((len(table) for _, table in parts), default=0)
    services = np.concatenate([np.empty(0, np.int64), *(ids for ids, _ in parts)])
    order = np.argsort(services, kind="stable")
    tables = [whole(table, rows) for _, table in parts]
    beside = np.concatenate([np.empty((rows, 0), np.int8), *tables], axis=1)
    return services[order], beside[:, order]


def whole(table: NDArray[Scalar], rows: int) -> NDArray[Scalar]:
    """The table with so many rows, the missing ones at its end NaN."""
    if len(table) == rows:
        return table
    return np.vstack([table, np.full((rows - len(table), table.shape[1]), np.nan)])


def aligned(table: NDArray[np.generic], services: Ints, wanted: Ints, missing: float) -> Floats:
    """The table's columns (of `services`, ascending) for the `wanted` ones, else `missing`."""
    found = np.full((len(table), len(wanted)), missing)
    if len(services):
        places = np.minimum(np.searchsorted(services, wanted), len(services) - 1)
        here = services[places] == wanted
        found[:, here] = table[:, places[here]]
    return found
