"""How many instances a web service should have, by the best of its experts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scaler.policies import arrivals, capacity, forecasts, shadow
from scaler.policies.arrivals import Arrivals
from scaler.policies.capacity import Capacity
from scaler.policies.experts import KEEPS_S, MARGIN, MARGINS, REACTIVE, SPARE
from scaler.policies.forecasts import Past
from scaler.policies.leader import leading
from scaler.policies.readings import LARGEST, Bools, Floats, Ints, Singles, Smalls, WebReadings
from scaler.policies.shadow import Shadow, Terms
from scaler.policies.why import Why

BELOW = len(MARGINS) * len(KEEPS_S)
"""Experts of one forecast."""
IDLE = 30
"""Known readings without a request from which on a service with a minimum of 0 rests."""
AT_ONCE = 1024
"""Services whose experts are computed together: as many as stay in a processor's cache."""


@dataclass(frozen=True)
class WebState:
    """All that is remembered of n services. `tick` counts steps; arrays are written over."""

    tick: int
    arrivals: Arrivals
    capacity: Capacity
    past: Past
    shadow: Shadow


def begun(counts: Ints) -> WebState:
    """The state of services that have so many instances now, and of which nothing is known. (n,)"""
    lanes = len(counts)
    return WebState(
        tick=0,
        arrivals=arrivals.nothing(lanes),
        capacity=capacity.unseen(lanes),
        past=forecasts.none(lanes),
        shadow=shadow.begun(counts),
    )


def step(state: WebState, seen: WebReadings, now: float) -> tuple[Ints, WebState, Why]:
    """Instances that each service should have from `now` (seconds) on, the state after, and why.

    To be called every INTERVAL_S seconds. The given state is used up: its arrays are written over.
    To keep it between minimum and maximum is the caller's. While a reading is unknown it is not
    below `desired`, and where nothing was ever known it is `desired`. It is 0 once nothing was
    asked for IDLE readings long, and at least 1 as soon as a request finds no instance.
    """
    tick, wanted_s = state.tick + 1, seen.latency_s
    seen = replace(seen, latency_s=capacity.reachable_s(state.capacity, seen))
    came, known = arrivals.estimated(state.arrivals, seen, now)
    able = capacity.learned(state.capacity, seen, known, wanted_s)
    holds = capacity.holds(able)
    told = np.isfinite(came.last) & (holds > 0)
    terms = _terms(seen, able, np.where(told, came.last, 0.0), np.where(told, holds, 1.0))
    lag = forecasts.lag_of(seen.startup_s)
    least = forecasts.LEAST_USED * terms.holds[:, 0].astype(np.float64)
    past = forecasts.observed(state.past, came.last, known, came.known, now)
    past = forecasts.judged(past, came.last, known, lag, tick, least, came.known)
    made = np.nan_to_num(forecasts.forecasts(past, lag, now))
    past.promised[tick % len(past.promised)] = made
    error = forecasts.error_of(past, made, least)
    wants = np.where(told[:, np.newaxis], _wanted(made, error, terms.holds), _smalls(seen.desired))
    held = _held(state.shadow, wants, terms, known & told, lag, tick)
    who = leading(state.shadow.cost, came.known)
    queue = _queue(seen, able, came, known)
    more = shadow.for_queue(queue.astype(np.float32)[:, np.newaxis], terms)[:, 0].astype(np.float64)
    count = _of(held, who) + more
    count = np.where(known, count, np.maximum(count, seen.desired))
    count = np.where(told, count, seen.desired)
    wakes = known & (came.last > 0)
    asleep = (known & (came.idle >= IDLE)) | ((seen.desired == 0) & ~wakes)
    count = np.where(asleep, 0, np.where(seen.fallback > 0, np.maximum(count, 1), count))
    why = Why(
        expert=who,
        seen=came.known,
        known=known & told,
        arrivals=came.last,
        forecast=_of(made, who // BELOW),
        error=_of(error, who // BELOW),
        holds=holds,
        sure=capacity.confidence(able),
        more=more,
        cost=_of(state.shadow.cost, who),
        reactive=state.shadow.cost[:, REACTIVE].astype(np.float64),
    )
    wanted = np.minimum(count, LARGEST).astype(np.int64)
    return wanted, WebState(tick, came, able, past, state.shadow), why


def _held(
    experts: Shadow, wants: Smalls, terms: Terms, charged: Bools, lag: Ints, tick: int
) -> Smalls:
    """What each expert wants and keeps, (n, E); each has been charged, and has ordered it."""
    held = np.empty(experts.ready.shape, np.int16)
    for first in range(0, len(lag), AT_ONCE):
        rows = slice(first, first + AT_ONCE)
        mine, owes = shadow.part(experts, rows), terms.of(rows)
        shadow.paid(mine, owes, charged[rows])
        counts = shadow.kept(mine, wants[rows], owes.restart_s[:, 0], tick)
        held[rows] = counts.reshape(held[rows].shape)
        shadow.ordered(mine, held[rows], owes, lag[rows] - 1, tick)
    return held


def _wanted(made: Floats, error: Floats, holds: Singles) -> Smalls:
    """Instances for each forecast with each margin, (n, WANTS)."""
    level = made[:, :, np.newaxis] + error[:, :, np.newaxis] * MARGIN
    count = np.ceil(level.reshape(len(made), -1) / holds + SPARE)
    return np.clip(count, 1, LARGEST).astype(np.int16)


def _terms(seen: WebReadings, able: Capacity, arriving: Floats, holds: Floats) -> Terms:
    def column(values: Floats) -> Singles:
        return np.asarray(values, np.float32)[:, np.newaxis]

    return Terms(
        arriving=column(arriving),
        holds=column(holds),
        patience_s=column(capacity.patience_s(able, seen.latency_s)),
        restart_s=column(seen.startup_s + seen.drain_s),
        drain_s=column(seen.drain_s),
        price=column(seen.price),
        least=_smalls(seen.minimum),
        most=_smalls(seen.maximum),
    )


def _smalls(values: Ints) -> Smalls:
    """The counts as a column, (n, 1)."""
    return np.clip(values, 0, LARGEST).astype(np.int16)[:, np.newaxis]


def _queue(seen: WebReadings, able: Capacity, came: Arrivals, known: Bools) -> Floats:
    """Requests that wait beyond the target now: those in flight, less what is worked on. (n,)"""
    queued = known & (seen.p95_s > seen.latency_s)
    waiting = came.in_flight - seen.completed * np.nan_to_num(able.base_s)
    return np.where(queued, np.maximum(waiting, 0.0), 0.0)


def _of(table: Floats | Singles | Smalls, column: Ints) -> Floats:
    """One value of each row, (n,)."""
    return table[np.arange(len(table)), column].astype(np.float64)
