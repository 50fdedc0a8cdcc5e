"""A count moves only when the proposals of a whole window agree."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Floats, Numbers
from scaler.rules.freshness import FRESH_INTERVALS
from scaler.rules.history import History
from scaler.rules.policies import Policies


def window(
    policies: Policies, history: History, desired: Floats, proposed: Floats, now: float
) -> Numbers:
    """The lowest and the highest past proposal in the windows for up and down, NaN for none. (n,)

    `agreed_s`: for how long the proposals, `proposed` (n,) being the present one, have been on
    its side of `desired`.
    """
    age = (now - history.at)[np.newaxis, :]
    up, down = policies.up.window_s, policies.down.window_s
    return {
        "lowest": _extreme(history.proposals, age, up, np.inf, np.fmin),
        "highest": _extreme(history.proposals, age, down, -np.inf, np.fmax),
        "up_window_s": up,
        "down_window_s": down,
        "agreed_s": _agreed(history, desired, proposed, now),
    }


def stabilized(count: Floats, numbers: Numbers) -> Floats:
    """The count that the windows allow. (n,)

    Up to the lowest, down to the highest proposal, the present one included; between them
    `desired` stays. kubernetes/kubernetes, horizontal.go, stabilizeRecommendationWithBehaviors.
    """
    least = np.fmin(numbers["lowest"], count)
    most = np.fmax(numbers["highest"], count)
    return np.minimum(np.maximum(numbers["desired"], least), most)


def said(
    policies: Policies, history: History, proposed: Floats, numbers: Numbers, now: float
) -> Floats:
    """What an evaluation says to the windows, NaN for nothing. (n,)

    A reading that is missing now and then says nothing, so that it does not begin a window anew.
    After FRESH_INTERVALS without a word the count stands for it: what comes back then has to
    agree for a window, less at most those intervals, before it lowers anything.
    """
    fresh_s = FRESH_INTERVALS * policies.interval_s[:, np.newaxis]
    recent = now - history.at[np.newaxis, :] <= fresh_s
    heard = (recent & ~np.isnan(history.proposals)).any(axis=1)
    stays = (numbers["unknown"] > 0) & (proposed == numbers["desired"])
    return np.where(stays & heard, np.nan, proposed)


def _extreme(
    proposals: Floats, age: Floats, window_s: Floats, empty: float, choose: np.ufunc
) -> Floats:
    recent = age < window_s[:, np.newaxis]
    values = np.where(recent & ~np.isnan(proposals), proposals, empty)
    found: Floats = choose.reduce(values, axis=1, initial=empty)
    return np.where(np.isinf(found), np.nan, found)


def _agreed(history: History, desired: Floats, proposed: Floats, now: float) -> Floats:
    """Only the services whose count would move are looked at."""
    agreed = np.zeros(len(desired))
    moving = np.flatnonzero(proposed != desired)
    if not moving.size:
        return agreed
    side = np.sign(proposed[moving] - desired[moving])[:, np.newaxis]
    past = history.proposals[moving]
    at = np.broadcast_to(history.at, past.shape)
    on_side = np.sign(past - desired[moving, np.newaxis]) == side
    blocked = ~on_side & ~np.isnan(past)
    since = np.where(blocked, at, -np.inf).max(axis=1, initial=-np.inf)
    run = on_side & (at > since[:, np.newaxis])
    agreed[moving] = now - np.where(run, at, now).min(axis=1, initial=now)
    return agreed
