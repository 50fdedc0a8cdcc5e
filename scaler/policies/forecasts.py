"""What will arrive when an instance that is ordered now serves, and how far that was off so far."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scaler.policies.experts import FORECASTS
from scaler.policies.readings import INTERVAL_S, Bools, Floats, Ints, Singles

MEANS_S = (60.0, 300.0, 600.0)
RECENT = 6
LONGEST_LAG = 20
"""Readings. A start-up that takes longer is planned for as if it took this long."""
DAY_S, SLOT_S = 86_400, 300
SLOTS = DAY_S // SLOT_S
FIRST_SPREAD = 3.0 / INTERVAL_S
"""One and a half times that of a Poisson process, whose reading varies by rate / INTERVAL_S."""
SPREAD_S = 6 * 3600.0
LEAST_USED = 0.1
"""Of an instance: below that, errors are measured as if so much arrived."""
LARGEST_RATIO = 3.0


@dataclass(frozen=True)
class Past:
    """What forecasts are made from; requests a second, first axis n, except where said.

    `means` (n, 3); `recent` (n, RECENT), the newest last; `promised` (LONGEST_LAG + 2, n, F), the
    forecasts made at each of the last ticks; `spread` (n, F), mean square of the error / forecast.
    `day` (n, SLOTS): the mean at each time of the day, NaN before any; `slot_sum`, `slot_count`
    (n,) of the present slot, `finished` (n,) of the last one that ended, which is written when the
    next one ends. `slot` is the present one, `finished_slot` that one, from the epoch of `now`.
    """

    means: Floats
    recent: Floats
    promised: Singles
    spread: Floats
    day: Singles
    slot_sum: Floats
    slot_count: Floats
    finished: Floats
    finished_slot: int
    slot: int


def none(lanes: int) -> Past:
    """What there is of services that were never seen."""
    number = len(FORECASTS)
    return Past(
        means=np.full((lanes, len(MEANS_S)), np.nan),
        recent=np.full((lanes, RECENT), np.nan),
        promised=np.full((LONGEST_LAG + 2, lanes, number), np.nan, np.float32),
        spread=np.full((lanes, number), FIRST_SPREAD),
        day=np.full((lanes, SLOTS), np.nan, np.float32),
        slot_sum=np.zeros(lanes),
        slot_count=np.zeros(lanes),
        finished=np.full(lanes, np.nan),
        finished_slot=-1,
        slot=-1,
    )


def lag_of(startup_s: Floats) -> Ints:
    """Readings from an order to the middle of the first one that the new instance serves. (n,)"""
    lag = np.ceil(startup_s / INTERVAL_S).astype(np.int64) + 1
    return np.clip(lag, 1, LONGEST_LAG)


def observed(past: Past, arriving: Floats, known: Bools, seen: Floats, now: float) -> Past:
    """The past with one more reading; an unknown one moves nothing but the recent ones.

    `arriving` (n,), NaN before the first; `seen` (n,) is how many were known.
    """
    # A reading is of the interval before it.
    past = _filed(past, int((now - INTERVAL_S / 2) // SLOT_S))
    weight = 1.0 - np.exp(-INTERVAL_S / np.array(MEANS_S))
    weight = np.maximum(weight, 1.0 / np.maximum(seen, 1.0)[:, np.newaxis])
    came = arriving[:, np.newaxis]
    before = np.where(np.isnan(past.means), came, past.means)
    recent = np.column_stack([past.recent[:, 1:], arriving])
    return replace(
        past,
        means=np.where(known[:, np.newaxis], before + weight * (came - before), past.means),
        recent=np.where(np.isnan(recent), came, recent),
        slot_sum=past.slot_sum + np.where(known, arriving, 0.0),
        slot_count=past.slot_count + known,
    )


def forecasts(past: Past, lag: Ints, now: float) -> Floats:
    """Requests a second `lag` readings from now, (n, F) in the order of FORECASTS, never below 0.

    `steep` and `steady` are lines through three and six readings (least squares); `daily` is the
    mean of a minute times what yesterday's demand grew by between this time and that.
    """
    last, long = past.recent[:, -1], past.means[:, 2]
    slope = (last - past.recent[:, -3]) / 2.0
    places = np.arange(RECENT) - (RECENT - 1) / 2.0
    steady = past.recent @ (places / (places**2).sum())
    middle = (last + past.recent[:, -2]) / 2.0
    made = np.column_stack(
        [
            last,
            (last + long) / 2.0,
            past.means[:, 1],
            last + slope * (lag - 0.5),
            middle + steady * lag,
            past.means[:, 0] * _yesterday(past, lag, now),
        ]
    )
    return np.asarray(np.maximum(made, 0.0), np.float64)


def judged(
    past: Past, arriving: Floats, known: Bools, lag: Ints, tick: int, least: Floats, seen: Floats
) -> Past:
    """The past with the forecasts that were made `lag` readings ago held against what came.

    Errors vary with the root of the level, as those of counted arrivals do; `least` (n,) is the
    lowest level that is told apart.
    """
    rows = np.arange(len(lag))
    made = past.promised[(tick - lag) % len(past.promised), rows].astype(np.float64)
    error = (arriving[:, np.newaxis] - made) ** 2 / np.maximum(made, least[:, np.newaxis])
    usual = 1.0 - np.exp(-INTERVAL_S / SPREAD_S)
    weight = np.maximum(usual, 1.0 / np.maximum(seen + 2.0 - lag, 1.0))
    use = known[:, np.newaxis] & ~np.isnan(error) & (seen > lag)[:, np.newaxis]
    moved = past.spread + weight[:, np.newaxis] * (error - past.spread)
    return replace(past, spread=np.where(use, moved, past.spread))


def error_of(past: Past, made: Floats, least: Floats) -> Floats:
    """The root mean square error to expect of these forecasts, requests a second, (n, F)."""
    return np.sqrt(past.spread * np.maximum(made, least[:, np.newaxis]))


def _filed(past: Past, slot: int) -> Past:
    """The past with the slot of the day closed, where another has begun.

    It is written one slot later, so that what is read around the present is all yesterday's.
    """
    if slot == past.slot:
        return past
    place = past.finished_slot % SLOTS
    past.day[:, place] = np.where(np.isnan(past.finished), past.day[:, place], past.finished)
    whole = past.slot_sum / np.maximum(past.slot_count, 1.0)
    return replace(
        past,
        finished=np.where(past.slot_count > 0, whole, np.nan),
        slot_sum=np.zeros_like(past.slot_sum),
        slot_count=np.zeros_like(past.slot_count),
        finished_slot=past.slot,
        slot=slot,
    )


def _yesterday(past: Past, lag: Ints, now: float) -> Floats:
    """What demand grew by over `lag` readings at this time yesterday; 1 where that is unknown."""
    here = _at(past, np.full(len(lag), now))
    there = _at(past, now + lag.astype(np.float64) * INTERVAL_S)
    least = LEAST_USED * np.maximum(past.means[:, 2], 1e-9)
    ratio = (there + least) / (here + least)
    return np.asarray(np.clip(np.nan_to_num(ratio, nan=1.0), 1 / LARGEST_RATIO, LARGEST_RATIO))


def _at(past: Past, moment: Floats) -> Floats:
    """The demand of yesterday at these moments, between the middles of its slots. (n,)"""
    place = moment / SLOT_S - 0.5
    left = np.floor(place).astype(np.int64)
    rows = np.arange(len(moment))
    low, high = past.day[rows, left % SLOTS], past.day[rows, (left + 1) % SLOTS]
    return low + (high - low) * (place - left)
