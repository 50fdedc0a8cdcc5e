"""What a service that learns knows at the begin of each stretch: what came before taught it.

What is learned of arrivals (forecasts, their errors, what every expert would have cost) does not
depend on the counts that ran. So it is learned in all stretches at once, and then passed on from
each to the next: both the costs and the errors fade by a constant factor a reading.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from scaler.backtest.stretches import Stretches
from scaler.backtest.traffic import Traffic
from scaler.policies import forecasts, shadow, web, worker
from scaler.policies.readings import INTERVAL_S
from scaler.rules.arrays import Bools, Floats, Ints
from scaler.rules.freshness import fresh
from scaler.rules.learning import Learners, learns_deadline, learns_latency, spoke
from scaler.rules.observation import Observation, nothing_read
from scaler.rules.policies import Policies
from scaler.rules.spoken import silence

LONG_KNOWN = 10.0 * 86_400 / INTERVAL_S
"""Readings that a service is taken to know at the begin of every stretch."""
FADE = 0.5 ** (INTERVAL_S / shadow.HALF_LIFE_S)
ERROR_FADE = np.exp(-INTERVAL_S / forecasts.SPREAD_S)
A_SLOT = forecasts.SLOT_S // INTERVAL_S
A_DAY = forecasts.DAY_S // INTERVAL_S


@dataclass(frozen=True)
class Prior:
    """Of each lane that follows its experts: their `cost` (n, E), and its `spread` (n, F)."""

    cost: Floats
    spread: Floats


def begun(policies: Policies, counts: Ints, past: Traffic, parts: Stretches) -> Learners:
    """The learners of lanes with so many instances now (n,), before any reading of the stretches.

    The lanes are the stretches under one policy, then under the next. The first day is taken to
    be like the second, as far as there is one.
    """
    servers = np.flatnonzero(learns_latency(policies))
    state = web.begun(counts[servers])
    held = {name: np.repeat(one, len(servers)) for name, one in vars(past.capacity).items()}
    days = _days(past.rates, parts).astype(np.float32)
    state = replace(
        state,
        arrivals=replace(state.arrivals, known=np.full(len(servers), LONG_KNOWN)),
        capacity=replace(state.capacity, **held),
        past=replace(
            state.past,
            day=days[servers % parts.many],
            means=_means(past.rates, parts)[servers % parts.many],
        ),
    )
    return replace(unlearned(policies), web=state)


def unlearned(policies: Policies) -> Learners:
    """The learners of n lanes of which nothing is known yet, at the begin of their clock."""
    servers = np.flatnonzero(learns_latency(policies))
    workers = np.flatnonzero(learns_deadline(policies))
    return Learners(
        at=0.0,
        servers=servers,
        read_at=np.full(len(servers), np.nan),
        web=web.begun(np.ones(len(servers), np.int64)),
        workers=workers,
        worker=worker.begun(len(workers)),
        said=silence(len(servers) + len(workers)),
    )


def with_prior(learners: Learners, prior: Prior) -> Learners:
    """The learners with the costs and errors of before; theirs are used up."""
    learners.web.shadow.cost[...] = prior.cost
    past = replace(learners.web.past, spread=prior.spread.copy())
    return replace(learners, web=replace(learners.web, past=past))


def prior(
    policies: Policies,
    counts: Ints,
    past: Traffic,
    parts: Stretches,
    told: Callable[[int], None] = lambda _: None,
) -> Prior:
    """What the lanes know at the begin of their stretches. `told` hears of each reading.

    Each reading is of a service that is calm: requests that came are those that completed. First
    the errors of the forecasts, then with these what the experts, who add them, would have cost.
    """
    learners = begun(policies, counts, past, parts)
    spread = _errors(learners, policies, past, parts)
    learners = replace(
        learners, web=replace(learners.web, past=replace(learners.web.past, spread=spread.copy()))
    )
    lanes = np.arange(len(policies), dtype=np.int64)
    rates, known = parts.of(past.rates), parts.of(past.known)
    many, wanted = len(policies) // parts.many, counts.astype(np.float64)
    for tick in range(parts.run):
        if tick == parts.warm:
            first = learners.web.shadow.cost.astype(np.float64)
        now = INTERVAL_S * (tick + 1.0)
        seen = _calm(
            np.tile(rates[:, tick], many), np.tile(known[:, tick], many), wanted, past, policies
        )
        said, learners = spoke(learners, policies, fresh(policies, seen), lanes, lanes, now)
        wanted = np.where(np.isnan(said.count), wanted, said.count)
        told(tick)
    last = learners.web.shadow.cost.astype(np.float64)
    return Prior(_chained(first, last, FADE**parts.length, parts.many), spread)


def _errors(learners: Learners, policies: Policies, past: Traffic, parts: Stretches) -> Floats:
    """The mean square errors of the forecasts at the begin of each stretch, (n, F)."""
    here = learners.servers % parts.many
    rates, known = parts.of(past.rates)[here], parts.of(past.known)[here]
    lag = forecasts.lag_of(policies.start_up_s[learners.servers])
    seen = learners.web.arrivals.known
    least = np.full(len(here), forecasts.LEAST_USED * past.holds)
    found, first = learners.web.past, learners.web.past.spread
    found = replace(found, day=found.day.copy(), promised=found.promised.copy())
    for tick in range(parts.run):
        if tick == parts.warm:
            first = found.spread
        now, came, told = INTERVAL_S * (tick + 1.0), rates[:, tick], known[:, tick]
        found = forecasts.observed(found, came, told, seen, now)
        found = forecasts.judged(found, came, told, lag, tick, least, seen)
        made = np.nan_to_num(forecasts.forecasts(found, lag, now))
        found.promised[tick % len(found.promised)] = made
    return _chained(first, found.spread, ERROR_FADE**parts.length, parts.many)


def _chained(first: Floats, last: Floats, fade: float, many: int) -> Floats:
    """What there is at the begin of each stretch, (n, E), by what each one adds to it.

    `first` and `last` (n, E) are of its begin and its end. Before the first stretch it was as
    much as all of them would have made, again and again.
    """
    added = (last - fade * first).reshape(-1, many, first.shape[1])
    found = np.empty_like(added)
    weights = fade ** np.arange(many - 1, -1, -1)
    found[:, 0] = np.einsum("s,psk->pk", weights, added) / (1.0 - fade**many)
    for place in range(1, many):
        found[:, place] = fade * found[:, place - 1] + added[:, place - 1]
    return found.reshape(first.shape)


def _calm(
    rates: Floats, known: Bools, counts: Floats, past: Traffic, policies: Policies
) -> Observation:
    """What is read of lanes that answer everything at once, with as many instances. (n,)"""
    nothing = np.zeros(len(rates))
    least = np.ceil(rates / past.holds) + 1.0
    work_s = nothing + past.work_s
    return replace(
        nothing_read(counts, metrics=policies.metric_target.shape[1]),
        ready=np.maximum(counts, least),
        ready_age_s=nothing,
        rate=rates,
        mean_s=np.where(rates > 0, work_s, np.nan),
        p95_s=np.where(rates > 0, work_s, np.nan),
        fallback=nothing,
        open=rates * past.work_s,
        edge_age_s=np.where(known, 0.0, np.nan),
    )


def _means(rates: Floats, parts: Stretches) -> Floats:
    """The means over MEANS_S, as they fade, where each stretch is begun to be run. (many, 3)"""
    back = np.arange(6 * int(max(forecasts.MEANS_S)) // INTERVAL_S, 0, -1)
    places = np.maximum((parts.begins - parts.warm)[:, np.newaxis] - back, 0)
    weights = np.exp(-INTERVAL_S * back[:, np.newaxis] / np.array(forecasts.MEANS_S))
    return np.asarray(rates[places] @ (weights / weights.sum(axis=0)))


def _days(rates: Floats, parts: Stretches) -> Floats:
    """The mean of each time of the day before each stretch, (many, SLOTS), by the lanes' clock.

    That begins with 0 as many readings before the stretch as it is warmed up for. What was before
    the first reading is taken from the day after.
    """
    whole = np.concatenate([[0.0], np.cumsum(rates)])
    starts = parts.begins[:, np.newaxis] - parts.warm + A_SLOT * np.arange(forecasts.SLOTS) - A_DAY
    starts = np.where(starts < 0, starts + A_DAY * -(starts // A_DAY), starts)
    inside = starts + A_SLOT <= len(rates)
    starts = np.where(inside, starts, 0)
    means = (whole[np.minimum(starts + A_SLOT, len(rates))] - whole[starts]) / A_SLOT
    return np.where(inside, means, np.nan)
