"""How much must be remembered so that no rule looks further back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scaler.rules.arrays import Floats
from scaler.rules.freshness import FRESH_INTERVALS
from scaler.rules.history import History, nothing_remembered
from scaler.rules.policies import Policies


def nothing(policies: Policies) -> History:
    """The history of services that were never evaluated, with room for what these policies ask."""
    interval_s = float(policies.interval_s.min())
    windows_s = [policies.up.window_s, policies.down.window_s]
    periods_s = [np.nan_to_num(policies.up.period_s), np.nan_to_num(policies.down.period_s)]
    return nothing_remembered(
        len(policies),
        evaluations=2 * FRESH_INTERVALS + _intervals(windows_s, interval_s),
        changes=2 + _intervals(periods_s, interval_s),
    )


def _intervals(times_s: Sequence[Floats], interval_s: float) -> int:
    return int(np.ceil(max(each.max(initial=0.0) for each in times_s) / interval_s))
