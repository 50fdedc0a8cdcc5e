"""Measurements of a stretch of time, brought into buckets of equal length."""

from __future__ import annotations

from typing import Literal

import numpy as np

from scaler.rules.arrays import Floats

How = Literal["mean", "most", "last"]


def bucketed(
    at: Floats, values: Floats, since: float, step_s: float, many: int, how: How
) -> Floats:
    """One value a bucket, (..., many): NaN where nothing is known in it.

    `at` (k,) ascending seconds, `values` (..., k), buckets of `step_s` from `since` on; what lies
    outside is left out. "mean" is for rates, "most" for what must not be hidden, "last" for counts.
    """
    place = np.floor((at - since) / step_s).astype(np.int64)
    found = np.full((*values.shape[:-1], many), np.nan)
    for bucket in np.unique(place[(place >= 0) & (place < many)]):
        found[..., bucket] = _one(values[..., place == bucket], how)
    return found


def coarser(values: Floats, by: int, how: How) -> Floats:
    """Buckets of `by` buckets each, the last one whole: what is left over in front is left out."""
    many = values.shape[-1] // by
    kept = values[..., values.shape[-1] - many * by :].reshape(*values.shape[:-1], many, by)
    return _one(kept, how)


def _one(values: Floats, how: How) -> Floats:
    known = ~np.isnan(values)
    some = known.any(axis=-1)
    if how == "mean":
        total, number = np.where(known, values, 0.0).sum(axis=-1), known.sum(axis=-1)
        return np.where(some, total / np.maximum(number, 1), np.nan)
    if how == "most":
        return np.where(some, np.where(known, values, -np.inf).max(axis=-1), np.nan)
    last = known.shape[-1] - 1 - np.argmax(known[..., ::-1], axis=-1)
    return np.where(
        some, np.take_along_axis(values, last[..., np.newaxis], axis=-1)[..., 0], np.nan
    )
