"""How many replicas a Kubernetes HPA asks for by one metric.

Source: kubernetes/kubernetes pkg/controller/podautoscaler/replica_calculator.go. All over arrays, a
lane each. Quantities count in thousandths there; so they do here, or 8.6 / 2.15 would be above 4.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def milli(value: ArrayLike) -> Floats:
    """The quantity in whole thousandths."""
    return np.rint(np.asarray(value, np.float64) * 1000.0)


def within(ratio: ArrayLike, tolerance: ArrayLike) -> NDArray[np.bool_]:
    """Whether the ratio of usage to target calls for no change."""
    by, share = np.asarray(ratio, np.float64), np.asarray(tolerance, np.float64)
    return (1.0 - share <= by) & (by <= 1.0 + share)


def by_ratio(current: Ints, pods: ArrayLike, ratio: ArrayLike, tolerance: ArrayLike) -> Ints:
    """`pods` times the ratio, rounded up; `current` within the tolerance.

    `pods` are the ready ones that have the metric. From zero: the ratio itself, without tolerance.
    """
    pods = np.asarray(pods)
    asked = np.ceil(np.where(current == 0, ratio, np.asarray(ratio) * pods))
    return np.where(within(ratio, tolerance) & (current != 0), current, asked).astype(np.int64)


def by_total(current: Ints, total: ArrayLike, per_replica: ArrayLike, tolerance: ArrayLike) -> Ints:
    """The total over the target of one replica, rounded up; `current` within the tolerance."""
    asked = np.ceil(milli(total) / milli(per_replica))
    ratio = milli(total) / (milli(per_replica) * np.maximum(current, 1))
    return np.where(within(ratio, tolerance) & (current != 0), current, asked).astype(np.int64)


def by_ready_pods(
    current: Ints, counted: Ints, set_aside: Ints, ratio: Floats, tolerance: ArrayLike
) -> Ints:
    """As `by_ratio`, with pods that are starting, or too young for their CPU to count, set aside.

    On the way up those count as idle; where that takes the ratio back within the tolerance, or
    turns the direction, nothing changes.
    """
    plain = by_ratio(current, counted, ratio, tolerance)
    diluted = ratio * counted / np.maximum(counted + set_aside, 1)
    with_them = np.ceil(diluted * (counted + set_aside))
    hold = within(diluted, tolerance) | (diluted < 1.0) | (with_them < current)
    rebalance = (ratio > 1.0) & (set_aside > 0) & ~within(ratio, tolerance)
    return np.where(rebalance, np.where(hold, current, with_them), plain).astype(np.int64)
