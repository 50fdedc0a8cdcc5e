"""No change in a direction for a while after the last one."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Floats, Numbers
from scaler.rules.history import History
from scaler.rules.policies import Policies


def left(policies: Policies, history: History, now: float) -> Numbers:
    """Seconds of cooldown that are left for each direction, 0 for none. (n,)"""
    return {
        "up_left_s": _left(policies.up.cooldown_s, history.up_at, now),
        "down_left_s": _left(policies.down.cooldown_s, history.down_at, now),
    }


def cooled(count: Floats, numbers: Numbers) -> Floats:
    """The count, or `desired` while its direction cools down. (n,)"""
    desired = numbers["desired"]
    waits_up = (count > desired) & (numbers["up_left_s"] > 0)
    waits_down = (count < desired) & (numbers["down_left_s"] > 0)
    return np.where(waits_up | waits_down, desired, count)


def _left(cooldown_s: Floats, last_at: Floats, now: float) -> Floats:
    return np.maximum(np.nan_to_num(cooldown_s - (now - last_at), nan=0.0), 0.0)
