"""The metrics that users of the peers scale on. NaN where the newest reading was lost."""

from __future__ import annotations

import numpy as np

from scaler.replay.seen import Floats, WebSeen, WorkerSeen


def last_minute(readings: Floats) -> Floats:
    """The mean of the last minute's readings, shape (lanes,); unknown where the newest is."""
    known = ~np.isnan(readings)
    total = np.where(known, readings, 0.0).sum(axis=1)
    mean = total / np.maximum(known.sum(axis=1), 1)
    return np.where(known[:, -1], mean, np.nan)


def request_rate(seen: WebSeen) -> Floats:
    """Completed requests a second, over a minute."""
    return last_minute(seen.completed)


def connections(seen: WebSeen) -> Floats:
    """Open connections, over a minute."""
    return last_minute(seen.open)


def jobs(seen: WorkerSeen) -> Floats:
    """Jobs that wait or are worked on."""
    return seen.waiting + seen.busy


def each(total: Floats, instances: Floats | np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """The total by the number of instances."""
    return total / np.maximum(instances, 1)
