"""Which jobs came to a worker, from what its queue showed, and the worker under other policies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from scaler.backtest import prior
from scaler.backtest.came import Came, together
from scaler.backtest.even import carried, even
from scaler.backtest.lanes import taken
from scaler.backtest.rules import Rules
from scaler.backtest.stretches import Stretches
from scaler.backtest.timetable import Timetable, held_of
from scaler.policies.readings import INTERVAL_S
from scaler.replay.nobody_waits import hours_without_wait
from scaler.replay.run import Lane, run
from scaler.replay.seen import WorkerSeen
from scaler.replay.settings import WorkerSettings
from scaler.replay.worker import WorkerDemand, WorkerRuns
from scaler.rules.arrays import Bools, Floats, Ints
from scaler.rules.freshness import fresh
from scaler.rules.observation import Observation, nothing_read
from scaler.rules.policies import Policies
from scaler.samples.observed import observed, recorded

ENOUGH = 600 // INTERVAL_S
"""Known readings from which on there is something to say."""
SEED = 0
MOST = 1000
"""Instances that the model can count."""
Told = Callable[[int], None]


@dataclass(frozen=True)
class Jobs:
    """A past in readings of INTERVAL_S seconds, the first one from `since` on, seconds.

    `rates` (k,): jobs a second that came; `known` (k,): whether that is known or carried on;
    `desired` (k,): the count that ran. Each job: the second in which it came, from `since` on,
    and how long it ran. (jobs,)
    """

    since: float
    rates: Floats
    known: Bools
    desired: Ints
    at_s: Floats
    run_s: Floats


def jobs(at: Floats, table: Floats, policies: Policies) -> Jobs | None:
    """The jobs of the past, None where ENOUGH readings are not known.

    As many as the queue grew by, and as those that were worked on ended meanwhile by their mean
    run time. Jobs that came and ended between two readings do not show. `at` (k,) and `table`
    (SERIES, k) as stored; a job came at any moment of its reading.
    """
    if not len(at):
        return None
    since, at, table = even(at, table)
    read = fresh(policies, observed(table, recorded(table, "", at), at=0.0))
    known = np.isfinite(read.waiting) & np.isfinite(read.busy)
    if known.sum() < ENOUGH:
        return None
    first = int(np.flatnonzero(known)[0])
    inside = carried(np.where(known, read.waiting + read.busy, np.nan), 0.0)[first:]
    busy = carried(read.busy, 0.0)[first:]
    run_s = np.maximum(carried(read.service_s, 1.0)[first:], 0.1)
    grown = np.diff(inside, prepend=inside[0])
    # One more that ended than was thought is one fewer of those that come later.
    so_far = np.maximum.accumulate(np.cumsum(grown + busy * INTERVAL_S / run_s))
    came = np.diff(so_far, prepend=0.0)
    at_s, took_s = _drawn(came, run_s, inside[0])
    desired = carried(read.desired, 1.0)[first:].astype(np.int64)
    return Jobs(since + INTERVAL_S * first, came / INTERVAL_S, known[first:], desired, at_s, took_s)


def _drawn(came: Floats, run_s: Floats, waiting: float) -> tuple[Floats, Floats]:
    counts = np.diff(np.rint(np.cumsum(came)), prepend=0.0).astype(np.int64)
    counts[0] += int(waiting)
    places = np.repeat(np.arange(len(counts)), counts)
    random = np.random.default_rng(SEED)
    return np.sort(INTERVAL_S * (places + random.random(len(places)))), run_s[places]


def came_of(
    past: Jobs,
    policies: Policies,
    timetables: tuple[Timetable, ...],
    late_s: float,
    parts: Stretches,
    told: Told = lambda _: None,
) -> list[Came]:
    """What came of each of the policies, (n,), over the stretches; `told` hears of every reading.

    `timetables` (n,): their schedules. Late is who waits for longer than `late_s`.
    """
    each = taken(policies, np.repeat(np.arange(len(policies)), parts.many))
    before = past.desired[np.maximum(parts.begins - parts.warm, 0)]
    counts = np.clip(np.tile(before, len(policies)), each.minimum, each.maximum).astype(np.int64)
    settings = WorkerSettings(late_s, int(each.minimum.min()), int(min(each.maximum.max(), MOST)))
    lanes = [
        Lane(place % parts.many, round(start_up_s))
        for place, start_up_s in enumerate(each.start_up_s.tolist())
    ]
    runs = WorkerRuns(_demand(past, parts), lanes, settings, int(counts.max()))
    floors = held_of(timetables, policies, past, parts)
    outcomes = run(runs, _Played(each, floors, told))
    return [
        together(outcomes[place : place + parts.many], parts)
        for place in range(0, len(each), parts.many)
    ]


def cheapest_of(past: Jobs, policies: Policies, parts: Stretches) -> Came:
    """What somebody would have had who knew everything beforehand and let nobody wait."""
    window = (INTERVAL_S * parts.first, INTERVAL_S * len(past.rates))
    billed, ready = hours_without_wait(
        past.at_s, past.run_s, round(float(policies.start_up_s[-1])), window
    )
    return Came(
        requests=float((past.at_s >= window[0]).sum()),
        late=0.0,
        instance_s=billed,
        changes=int((np.diff(ready) != 0).sum()),
        track=ready[INTERVAL_S - 1 :: INTERVAL_S].astype(np.float64),
    )


class _Played:
    """The policies, as the model asks them."""

    interval_s = INTERVAL_S

    def __init__(self, policies: Policies, floors: Floats, told: Told) -> None:
        learners = prior.unlearned(policies)
        self._rules, self._told = Rules(policies, learners, floors), told

    def decide(self, seen: WorkerSeen) -> Ints:
        """The count of each lane."""
        reading = seen.now_s // INTERVAL_S
        self._told(reading)
        return self._rules.counts(_read(seen), reading, float(seen.now_s))


def _read(seen: WorkerSeen) -> Observation:
    """What the model shows, as the loop reads it."""
    lanes = len(seen.waiting)
    return replace(
        nothing_read(seen.instances.desired.astype(np.float64), metrics=1),
        ready=seen.instances.ready.astype(np.float64),
        ready_age_s=np.zeros(lanes),
        waiting=seen.waiting,
        busy=seen.busy,
        service_s=seen.run_s,
        oldest_s=seen.oldest_s,
        queue_age_s=np.where(np.isnan(seen.waiting), np.nan, 0.0),
    )


def _demand(past: Jobs, parts: Stretches) -> WorkerDemand:
    """The jobs of each stretch by its own clock; rows that have fewer end with none."""
    begins_s = INTERVAL_S * (parts.begins - parts.warm)
    first = np.searchsorted(past.at_s, begins_s)
    last = np.searchsorted(past.at_s, begins_s + INTERVAL_S * parts.run)
    most = max(int((last - first).max()), 1)
    at_s, run_s = np.full((2, parts.many, most), np.inf)
    for row, (begin, end) in enumerate(zip(first, last, strict=True)):
        at_s[row, : end - begin] = past.at_s[begin:end] - begins_s[row]
        run_s[row, : end - begin] = past.run_s[begin:end]
    return WorkerDemand(
        at_s, run_s, ~parts.of(past.known), INTERVAL_S * parts.run, INTERVAL_S * parts.warm
    )
