"""What a Kubernetes HPA does with a recommendation: stabilization, then rate, then the limits.

Source: kubernetes/kubernetes pkg/controller/podautoscaler/horizontal.go. All over arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Changed = Callable[[float], ArrayLike]


@dataclass(frozen=True)
class RatePolicy:
    """How much may change within a period: instances, or percent of the count at its start."""

    percent: bool
    value: float
    period_s: float


UP = (RatePolicy(False, 4, 15), RatePolicy(True, 100, 15))
DOWN = (RatePolicy(True, 100, 15),)


def changed_within(events: Sequence[tuple[float, float]], period_s: float) -> float:
    """The sum of the changes that are younger than the period; events are (change, age in s)."""
    return sum(change for change, age_s in events if age_s < period_s)


def up_limit(
    current: Ints, policies: Sequence[RatePolicy], select: str, added: Changed, removed: Changed
) -> Ints:
    """The largest count that the policies allow, never below the current one.

    `added` and `removed` give the sum of changes within a period; `select` is max, min or disabled.
    """
    if select == "disabled" or not policies:
        return current
    proposals = []
    for policy in policies:
        start = _at_start(current, policy, added, removed)
        proposals.append(
            np.ceil(start * (1 + policy.value / 100)) if policy.percent else start + policy.value
        )
    chosen: Floats = np.min(proposals, axis=0) if select == "min" else np.max(proposals, axis=0)
    return np.maximum(chosen, current).astype(np.int64)


def down_limit(
    current: Ints, policies: Sequence[RatePolicy], select: str, added: Changed, removed: Changed
) -> Ints:
    """The smallest count that the policies allow, never above the current one."""
    if select == "disabled" or not policies:
        return current
    proposals = []
    for policy in policies:
        start = _at_start(current, policy, added, removed)
        proposals.append(
            np.trunc(start * (1 - policy.value / 100)) if policy.percent else start - policy.value
        )
    # The largest change is the smallest count.
    chosen: Floats = np.max(proposals, axis=0) if select == "min" else np.min(proposals, axis=0)
    return np.minimum(chosen, current).astype(np.int64)


def _at_start(current: Ints, policy: RatePolicy, added: Changed, removed: Changed) -> Floats:
    """The count at the beginning of the policy's period."""
    came = np.asarray(added(policy.period_s), np.float64)
    went = np.asarray(removed(policy.period_s), np.float64)
    return current - came + went


def limited(
    current: Ints, desired: Ints, lowest: Ints, highest: Ints, minimum: int, maximum: int
) -> Ints:
    """The desired count between what the rate allows and the limits of the service."""
    up = np.minimum(desired, np.minimum(highest, maximum))
    down = np.maximum(desired, np.maximum(lowest, minimum))
    return np.where(desired > current, up, np.where(desired < current, down, desired))


def stabilized(
    current: Ints, desired: Ints, lowest_recent: ArrayLike, highest_recent: ArrayLike
) -> Ints:
    """The desired count, no higher than the lowest and no lower than the highest recent one.

    Recent recommendations are those within the window of that direction; the newest always counts.
    """
    up = np.minimum(desired, lowest_recent)
    down = np.maximum(desired, highest_recent)
    return np.minimum(np.maximum(current, up), down).astype(np.int64)
