"""How far a count may move in a period."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Floats, Numbers
from scaler.rules.history import History
from scaler.rules.policies import SELECTS, Behaviours, Policies

SMALLEST, DISABLED = SELECTS.index("min"), SELECTS.index("disabled")


def changed_within(age_s: Floats, change: Floats, period_s: Floats) -> tuple[Floats, Floats]:
    """Instances added and instances removed in each period, both positive, (n, K).

    `age_s`, `change` (n, C): signed changes and their ages, NaN for none; `period_s` (n, K). A
    change as old as the period is outside of it.
    """
    added, removed = np.zeros_like(period_s), np.zeros_like(period_s)
    longest = np.nan_to_num(period_s).max(axis=1, initial=0.0)
    rows = np.flatnonzero((age_s < longest[:, np.newaxis]).any(axis=1))
    if rows.size:
        recent = age_s[rows, np.newaxis, :] < period_s[rows, :, np.newaxis]
        within = np.where(recent, np.nan_to_num(change[rows])[:, np.newaxis, :], 0.0)
        added[rows] = np.maximum(within, 0).sum(axis=2)
        removed[rows] = np.maximum(-within, 0).sum(axis=2)
    return added, removed


def limits(policies: Policies, history: History, desired: Floats, now: float) -> Numbers:
    """The highest and the lowest count that the rates allow, NaN where nothing limits. (n,)

    The base is the count at the start of the period; percent rounds up on the way up, down on
    the way down. kubernetes/kubernetes, horizontal.go, calculateScaleUpLimitWithScalingRules.
    """
    age = now - history.changed_at
    up = _base(policies.up, age, history.change, desired)
    down = _base(policies.down, age, history.change, desired)
    percent_up = np.ceil(up * (1 + policies.up.value / 100))
    percent_down = np.trunc(down * (1 - policies.down.value / 100))
    most = np.where(policies.up.percent, percent_up, up + policies.up.value)
    least = np.where(policies.down.percent, percent_down, down - policies.down.value)
    return {
        "rate_up": np.maximum(_selected(policies.up, most, desired), desired),
        "rate_down": np.minimum(-_selected(policies.down, -least, -desired), desired),
    }


def limited(count: Floats, numbers: Numbers) -> Floats:
    """The count inside the limits of its direction. (n,)"""
    desired = numbers["desired"]
    up = np.fmin(count, numbers["rate_up"])
    down = np.fmax(count, numbers["rate_down"])
    return np.where(count > desired, up, np.where(count < desired, down, count))


def _base(behaviours: Behaviours, age_s: Floats, change: Floats, desired: Floats) -> Floats:
    added, removed = changed_within(age_s, change, behaviours.period_s)
    return desired[:, np.newaxis] - added + removed


def _selected(behaviours: Behaviours, limit: Floats, desired: Floats) -> Floats:
    """The limit that `select` picks, counted in the direction of the change; NaN for none."""
    none = np.isnan(limit)
    largest = np.where(none, -np.inf, limit).max(axis=1, initial=-np.inf)
    smallest = np.where(none, np.inf, limit).min(axis=1, initial=np.inf)
    chosen = np.where(behaviours.select == SMALLEST, smallest, largest)
    chosen = np.where(np.isinf(chosen), np.nan, chosen)
    return np.where(behaviours.select == DISABLED, desired, chosen)
