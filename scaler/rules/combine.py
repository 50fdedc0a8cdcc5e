"""One count of many proposals: the highest wins, and going down needs all of them."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Bools, Floats, Numbers
from scaler.rules.history import History
from scaler.rules.policies import UNKNOWNS, Policies
from scaler.rules.proposal import Proposals

FLOOR, STEP = UNKNOWNS.index("floor"), UNKNOWNS.index("step")


def highest(count: Floats) -> Floats:
    """The highest known proposal of (n, S), NaN where none is known. (n,)"""
    known = np.where(np.isnan(count), -np.inf, count).max(axis=1, initial=-np.inf)
    return np.where(np.isinf(known), np.nan, known)


def knowledge(
    policies: Policies, found: Proposals, history: History, desired: Floats, now: float
) -> Numbers:
    """The numbers of `combined`: how many signals are used and unknown, and the fallback's count.

    `unknown_s`: for how long every signal has been unknown, 0 where one is known.
    """
    used = found.used.sum(axis=1)
    silent = (found.used & np.isnan(found.count)).sum(axis=1)
    unsure = (found.used & ~found.sure).sum(axis=1)
    dark = (used > 0) & (silent == used)
    since = np.where(np.isnan(history.unknown_since), now, history.unknown_since)
    unknown_s = np.where(dark, now - since, 0.0)
    return {
        "signals": used.astype(np.float64),
        "unknown": unsure.astype(np.float64),
        "silent": silent.astype(np.float64),
        "unknown_s": unknown_s,
        "unknown_after_s": policies.unknown_after_s,
        "instead": _instead(policies, history, desired, dark, unknown_s, now),
    }


def combined(count: Floats, numbers: Numbers) -> Floats:
    """The count that the signals agree on: never lower while one of them is unknown. (n,)

    scaling.md, section 5, step 3.
    """
    held = np.where(numbers["unknown"] > 0, np.maximum(count, numbers["desired"]), count)
    return np.fmax(held, numbers["instead"])


def _instead(
    policies: Policies,
    history: History,
    desired: Floats,
    dark: Bools,
    unknown_s: Floats,
    now: float,
) -> Floats:
    """What the policy wants once all has been unknown for so long; NaN before, and to hold.

    A step comes once in every such time.
    """
    due = dark & (unknown_s >= policies.unknown_after_s)
    rested = ~(now - history.up_at < policies.unknown_after_s)
    floor = np.where(due & (policies.unknown == FLOOR), policies.floor, np.nan)
    return np.where(due & rested & (policies.unknown == STEP), desired + 1, floor)
