"""What came to a service behind the edge, and what an instance of it holds, from its past."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scaler.backtest.even import carried, even
from scaler.backtest.stretches import cut
from scaler.policies import arrivals, capacity
from scaler.policies.capacity import Capacity
from scaler.policies.readings import INTERVAL_S, WebReadings
from scaler.rules.arrays import Bools, Floats, Ints
from scaler.rules.arrivals import SAME_READING_S
from scaler.rules.freshness import fresh
from scaler.rules.policies import Policies
from scaler.samples.observed import observed, recorded

ENOUGH = 600 // INTERVAL_S
"""Known readings from which on there is something to say."""
LENGTH, WARM = 360, 30
LEAST_WORK_S = 1e-3
QUICKEST = 0.05
"""The quantile of durations that is taken for those of requests that do not wait."""


@dataclass(frozen=True)
class Traffic:
    """A past in readings of INTERVAL_S seconds, the first one from `since` on, seconds.

    All (k,): requests a second, whether they are known or carried on, and the count that ran.
    `holds`: requests a second of an instance, `work_s`: what one takes that does not wait;
    `capacity` (1,): the same, as a policy knows it that has been at that limit.
    """

    since: float
    rates: Floats
    known: Bools
    desired: Ints
    holds: float
    work_s: float
    capacity: Capacity


def traffic(at: Floats, table: Floats, policies: Policies) -> Traffic | None:
    """The past, None where ENOUGH readings are not known.

    `at` (k,) and `table` (SERIES, k) as stored; `policies` the service's one, whose latency says
    when requests wait. What is unknown is carried on from what was known before.
    """
    if not len(at):
        return None
    since, at, table = even(at, table)
    seen = _readings(at, table, policies)
    if np.isfinite(seen.completed).sum() < ENOUGH:
        return None
    came, known, able = _learned(seen)
    known_at = np.flatnonzero(known)
    came = came[known_at[0] :]
    able = _whole(able)
    work_s = max(float(np.nan_to_num(np.nanquantile(seen.mean_s, QUICKEST))), LEAST_WORK_S)
    holds = float(able.full[0])
    if np.isnan(holds):
        holds = float(np.fmax(capacity.holds(able)[0], 1.0 / work_s))
    return Traffic(
        since=since + INTERVAL_S * int(known_at[0]),
        rates=came,
        known=known[known_at[0] :],
        desired=seen.desired[known_at[0] :],
        holds=holds,
        work_s=work_s,
        # Or every stretch, and every policy, would have to learn it anew from an overload.
        capacity=replace(able, full=np.full(1, holds), calm=np.full(1, holds)),
    )


def _readings(at: Floats, table: Floats, policies: Policies) -> WebReadings:
    """What a policy was told at each of the moments (k,), as if each were a service."""
    read = fresh(policies, observed(table, recorded(table, "", at), at=0.0))
    read_at = at - read.edge_age_s
    last = np.fmax.accumulate(np.concatenate([[-np.inf], read_at[:-1]]))
    completed = np.where(read_at - last < SAME_READING_S, np.nan, read.rate)
    many = np.ones(len(at))
    desired = carried(read.desired, 1.0).astype(np.int64)
    return WebReadings(
        completed=completed,
        mean_s=read.mean_s,
        p95_s=read.p95_s,
        fallback=read.fallback,
        open=read.open,
        ready=np.nan_to_num(read.ready, nan=-1.0).astype(np.int64),
        desired=desired,
        startup_s=many,
        drain_s=many,
        latency_s=policies.latency_s * many,
        price=many,
        minimum=desired,
        maximum=desired,
    )


def _learned(seen: WebReadings) -> tuple[Floats, Bools, Capacity]:
    """Requests that came, where they are known, (k,), and the capacity that each stretch taught.

    By the functions of the default policy, over all stretches at once.
    """
    parts = cut(len(seen.completed), LENGTH, WARM)
    columns = {name: parts.of(column) for name, column in vars(seen).items()}
    came, able = arrivals.nothing(parts.many), capacity.unseen(parts.many)
    rates, known = np.full((parts.many, parts.run), np.nan), np.zeros((2, parts.many, parts.run))
    for tick in range(parts.run):
        each = WebReadings(**{name: column[:, tick] for name, column in columns.items()})
        wanted_s = each.latency_s
        each = replace(each, latency_s=capacity.reachable_s(able, each))
        came, told = arrivals.estimated(came, each, float(INTERVAL_S * tick))
        able = capacity.learned(able, each, told, wanted_s)
        rates[:, tick], known[0, :, tick] = came.last, told
    whole = np.full(len(seen.completed), np.nan)
    whole[parts.first :] = parts.beside(rates)
    told_at = np.zeros(len(whole), np.bool_)
    told_at[parts.first :] = parts.beside(known[0]) > 0
    # A stretch that begins with something unknown has nothing to carry on.
    return carried(np.where(told_at, np.maximum(whole, 0.0), np.nan), 0.0), told_at, able


def _whole(able: Capacity) -> Capacity:
    """Of the capacity at the end of each stretch: the newest limit, the highest calm rate. (1,)"""
    full = able.full[np.isfinite(able.full)]
    calm, base_s, least_s = (_some(each) for each in (able.calm, able.base_s, able.least_s))
    return replace(
        capacity.unseen(1),
        calm=calm.max(keepdims=True),
        full=full[-1:] if len(full) else np.full(1, np.nan),
        base_s=np.median(base_s, keepdims=True),
        least_s=least_s.min(keepdims=True),
    )


def _some(values: Floats) -> Floats:
    """Those that are known, or the one NaN that there is."""
    known = values[np.isfinite(values)]
    return known if len(known) else np.full(1, np.nan)
