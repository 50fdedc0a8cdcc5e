"""Counts that were stored when there were fewer steps, as they are read now."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Ints
from scaler.rules.steps import STEPS

LATER: tuple[str, ...] = ("schedule",)
"""The steps that were added after counts were stored first, in the order in which they came."""


def steps_of(stored: int) -> tuple[str, ...]:
    """The names of the steps of which so many counts were stored. ValueError: of no such time."""
    missing = len(STEPS) - stored
    if not 0 <= missing <= len(LATER):
        raise ValueError(f"{stored} counts are of no order of steps: there are {len(STEPS)}.")
    then_unknown = LATER[len(LATER) - missing :]
    return tuple(step for step in STEPS if step not in then_unknown)


def as_now(counts: Ints) -> Ints:
    """The counts (STEPS, n) after every step, from those (k, n) of the steps at their time.

    A step that was not there moved nothing.
    """
    known = steps_of(len(counts))
    rows = np.cumsum([step in known for step in STEPS]) - 1
    return np.asarray(counts[rows])


def places_now(places: Ints, stored: int) -> Ints:
    """Places in STEPS, from places among the steps at the time of so many stored counts."""
    now = np.array([STEPS.index(step) for step in steps_of(stored)], dtype=np.int64)
    return np.asarray(now[places])
