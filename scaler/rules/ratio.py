"""HPA's rule for any metric, and KEDA's for what is waiting."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Bools, Floats, divided, whole


def of_average(
    value: Floats, target: Floats, ready: Floats, desired: Floats
) -> tuple[Floats, Floats]:
    """Instances wanted, and the ratio to the target: of a metric averaged over ready instances.

    `ceil(ready * value / target)`; from zero `ceil(value / target)`. Instances that are not
    ready count as idle on the way up and as busy as the target on the way down, and change
    nothing where that turns the direction. All of one shape; NaN where the value or `ready` is
    unknown, or where none is ready of some. kubernetes/kubernetes, replica_calculator.go.
    """
    seen = divided(value, target)
    absent = np.maximum(desired - ready, 0.0)
    up = np.where(absent > 0, np.maximum(ready * seen, desired), ready * seen)
    load = np.where(seen > 1, up, ready * seen + absent)
    load = np.where(desired > 0, load, seen)
    known = (desired == 0) | (ready > 0)
    ratio = np.where(desired > 0, divided(load, desired), np.inf)
    return np.where(known, whole(load), np.nan), np.where(known & ~np.isnan(seen), ratio, np.nan)


def of_total(value: Floats, target: Floats, desired: Floats) -> tuple[Floats, Floats]:
    """Instances wanted, `ceil(value / target)`, and the ratio to what `desired` should hold.

    The ratio is inf at zero instances, where no tolerance applies. KEDA's AverageValue.
    """
    load = divided(value, target)
    ratio = np.where(desired > 0, divided(load, desired), np.where(np.isnan(load), np.nan, np.inf))
    return whole(load), ratio


def metrics(
    value: Floats, target: Floats, total: Bools, ready: Floats, desired: Floats
) -> tuple[Floats, Floats]:
    """Instances wanted and ratios of every metric, (n, M); `ready` and `desired` are (n,)."""
    run = desired[:, np.newaxis]
    each, each_ratio = of_average(value, target, ready[:, np.newaxis], run)
    shared, shared_ratio = of_total(value, target, run)
    return np.where(total, shared, each), np.where(total, shared_ratio, each_ratio)
