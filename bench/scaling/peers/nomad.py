"""What the strategies of the Nomad Autoscaler ask for.

Source: hashicorp/nomad-autoscaler plugins/builtin/strategy/*. All over arrays, a lane each.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNLIMITED = np.iinfo(np.int32).max


def factor(metric: ArrayLike, target: ArrayLike) -> Floats:
    """The metric over its target; the metric itself where the target is zero."""
    metric, target = np.asarray(metric, np.float64), np.asarray(target, np.float64)
    return np.where(target == 0, metric, metric / np.where(target == 0, 1.0, target))


def direction(count: ArrayLike, by: ArrayLike, threshold: ArrayLike) -> Ints:
    """1 up, -1 down, 0 none: within the threshold; from zero any positive factor is up."""
    by, threshold = np.asarray(by), np.asarray(threshold)
    sign = np.where(by > 1 + threshold, 1, np.where(by < 1 - threshold, -1, 0))
    return np.where(np.asarray(count) == 0, (by > 0).astype(np.int64), sign)


def target_value(
    count: Ints,
    metric: ArrayLike,
    target: ArrayLike,
    threshold: ArrayLike = 0.01,
    max_up: int = UNLIMITED,
    max_down: int = UNLIMITED,
) -> Ints:
    """`count` times metric / target, rounded up, at most so much more or less at once."""
    by = factor(metric, target)
    asked = np.ceil(np.where(count == 0, by, count * by))
    asked = np.clip(asked, count - max_down, count + max_up)
    return np.where(direction(count, by, threshold) == 0, count, asked).astype(np.int64)


def in_bounds(points: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Ints:
    """How many of the points, on the last axis, lie in [lower, upper)."""
    points = np.asarray(points, np.float64)
    lower, upper = np.asarray(lower)[..., None], np.asarray(upper)[..., None]
    inside: Ints = ((points >= lower) & (points < upper)).sum(axis=-1)
    return inside


def by_delta(count: Ints, delta: ArrayLike) -> Ints:
    """So many more or less; never below zero."""
    return np.maximum(count + np.asarray(delta, np.int64), 0)


def by_percentage(count: Ints, percentage: ArrayLike) -> Ints:
    """So many percent more or less, rounded up; never below zero."""
    asked = np.ceil(count * (1 + np.asarray(percentage, np.float64) / 100))
    return np.maximum(asked, 0).astype(np.int64)


def threshold(
    count: Ints, points: ArrayLike, lower: ArrayLike, upper: ArrayLike, trigger: int, asked: Ints
) -> Ints:
    """`asked` where at least `trigger` points lie in [lower, upper), else the count as it is."""
    return np.where(in_bounds(points, lower, upper) >= trigger, np.maximum(asked, 0), count)


def pass_through(points: ArrayLike) -> Ints:
    """The newest point, on the last axis, as the count."""
    return np.ceil(np.asarray(points, np.float64)[..., -1]).astype(np.int64)


def fixed_value(value: ArrayLike) -> Ints:
    """Always this count."""
    return np.asarray(value, np.int64)
