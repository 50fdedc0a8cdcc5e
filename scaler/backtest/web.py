"""A service behind the edge once more, under other policies: rules and model in a loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from scaler.backtest import prior
from scaler.backtest.came import Came, together
from scaler.backtest.lanes import taken
from scaler.backtest.prior import Prior
from scaler.backtest.rules import Holds, Rules
from scaler.backtest.stretches import Stretches
from scaler.backtest.timetable import Timetable, held_of
from scaler.backtest.traffic import Traffic
from scaler.policies.readings import INTERVAL_S
from scaler.replay.optimum import cheapest, cost_in_model
from scaler.replay.run import Lane, run
from scaler.replay.seen import Ints, WebSeen
from scaler.replay.settings import BOUNDS_S, WebSettings
from scaler.replay.web import WebDemand, WebRuns
from scaler.rules.arrays import Bools, Floats
from scaler.rules.learning import Learners, learns_latency
from scaler.rules.observation import Observation, nothing_read
from scaler.rules.policies import Policies
from scaler.samples.observed import metric_of

SEED = 0
MOST = 255
"""Instances that the model, and the clairvoyant, can count."""
TABLE = 120_000
"""Slots that are told apart, times the square of the largest count: what the table costs."""
LEAST_SLACK = 0.1
"""Of the target: what a request may wait where its work alone takes about as long as that."""
Told = Callable[[int], None]


def settings_of(past: Traffic, policies: Policies, latency_s: float) -> WebSettings:
    """The model of the service; late is what takes longer than `latency_s`.

    As many slots as an instance was seen to work on at once, and one at least.
    """
    most = int(min(policies.maximum.max(), MOST))
    told_apart = max(int(TABLE / most**2), 1)
    slots = max(min(round(past.holds * past.work_s), told_apart), 1)
    work_s = min(past.work_s, slots / past.holds)
    usual = WebSettings()
    bounds = [bound * work_s / usual.service_s for bound in BOUNDS_S[:-1]]
    return replace(
        usual,
        slots=slots,
        service_s=work_s,
        late_s=max(latency_s - work_s, LEAST_SLACK * latency_s),
        drain_s=round(float(policies.stop_s.max())),
        minimum=int(policies.minimum.min()),
        maximum=most,
        bounds_s=(*(each for each in bounds if each < usual.give_up_s), usual.give_up_s + work_s),
    )


def drawn(past: Traffic) -> Floats:
    """Requests of each second, (INTERVAL_S k,): those of a reading fall anywhere in it."""
    asked = np.diff(np.rint(np.cumsum(past.rates * INTERVAL_S)), prepend=0.0).astype(np.int64)
    each = np.random.default_rng(SEED).multinomial(asked, [1.0 / INTERVAL_S] * INTERVAL_S)
    return each.reshape(-1).astype(np.float64)


def came_of(
    past: Traffic,
    policies: Policies,
    metrics: tuple[str, ...],
    guards_s: tuple[int | None, ...],
    timetables: tuple[Timetable, ...],
    settings: WebSettings,
    parts: Stretches,
    told: Told = lambda _: None,
) -> list[Came]:
    """What came of each of the policies, (n,), over the stretches; `told` hears of every reading.

    `metrics` (n,): the names of their second signals; `guards_s` (n,): what would wait longer is
    turned away, and seen as demand. The model lets go of those that waited so long, where an edge
    turns away who comes last: as many, a little later. `timetables` (n,): their schedules.
    """
    each, names = _each(policies, parts.many), np.repeat(metrics, parts.many)
    guards = [guard for guard in guards_s for _ in range(parts.many)]
    counts = np.clip(np.tile(_first(past, parts), len(policies)), each.minimum, each.maximum)
    start = counts.astype(np.int64)
    known = prior.prior(each, start, past, parts, told) if learns_latency(each).any() else None
    learners = prior.begun(each, start, past, parts)
    guarded = np.array([guard is not None for guard in guards], dtype=np.bool_)
    floors = held_of(timetables, policies, past, parts)
    policy = _Played(each, tuple(names), guarded, floors, learners, known, past, parts, told)
    outcomes = run(_runs(past, each, guards, settings, parts, start), policy)
    return [
        together(outcomes[place : place + parts.many], parts)
        for place in range(0, len(each), parts.many)
    ]


def cheapest_of(past: Traffic, policies: Policies, settings: WebSettings, parts: Stretches) -> Came:
    """What somebody would have had who knew everything beforehand, by the last policy's price.

    Of two clairvoyants the one that the model finds cheaper: one holds every second's arrivals,
    the other their mean, and lets the target's slack take what is above that.
    """
    begin = INTERVAL_S * parts.first
    arrivals = drawn(past)[begin:]
    rates = np.repeat(past.rates, INTERVAL_S)[begin:]
    start_up_s, price = round(float(policies.start_up_s[-1])), float(policies.late_price[-1])
    bounds = replace(
        settings, minimum=int(policies.minimum[-1]), maximum=int(min(policies.maximum[-1], MOST))
    )
    found = [
        _followed(
            arrivals,
            rates,
            cheapest(arrivals, rates, start_up_s, price, bounds, over_rates=over_rates).ready,
            start_up_s,
            settings,
        )
        for over_rates in (False, True)
    ]
    return min(found, key=lambda came: came.cost(price))


def _followed(
    arrivals: Floats, rates: Floats, ready: Ints, start_up_s: int, settings: WebSettings
) -> Came:
    """What the model makes of a count in each second."""
    billed = cost_in_model(arrivals, rates, ready, start_up_s, 0.0, settings)
    late = cost_in_model(arrivals, rates, ready, start_up_s, 1.0, settings) - billed
    return Came(
        requests=float(arrivals.sum()),
        late=late,
        instance_s=billed,
        changes=int((np.diff(ready) != 0).sum()),
        track=ready[INTERVAL_S - 1 :: INTERVAL_S].astype(np.float64),
    )


class _Played:
    """The policies, as the model asks them."""

    interval_s = INTERVAL_S

    def __init__(
        self,
        policies: Policies,
        metrics: tuple[str, ...],
        guarded: Bools,
        floors: Floats,
        learners: Learners,
        known: Prior | None,
        past: Traffic,
        parts: Stretches,
        told: Told,
    ) -> None:
        learners = prior.with_prior(learners, known) if known else learners
        self._rules = Rules(policies, learners, floors, Holds(past.holds, past.work_s))
        self._metrics, self._guarded = metrics, guarded
        self._known, self._parts, self._told = known, parts, told

    def decide(self, seen: WebSeen) -> Ints:
        """The count of each lane."""
        reading = seen.now_s // INTERVAL_S
        if self._known and reading == self._parts.warm:
            self._rules.learners = prior.with_prior(self._rules.learners, self._known)
        self._told(reading)
        read = _read(seen, self._metrics, self._guarded)
        return self._rules.counts(read, reading, float(seen.now_s))


def _read(seen: WebSeen, metrics: tuple[str, ...], guarded: Bools) -> Observation:
    """What the model shows, as the loop reads it.

    What finds no instance is asked of the fallback, and what is turned away counts beside it.
    """
    nothing = np.zeros(len(metrics))
    rate, mean_s, waiting = seen.completed[:, -1], seen.mean_s[:, -1], seen.open[:, -1]
    ready = seen.instances.ready.astype(np.float64)
    lost = np.isnan(rate)
    asleep = np.where(ready == 0, waiting / INTERVAL_S, 0.0)
    refused = np.where(guarded, np.nan_to_num(seen.left[:, -1]), 0.0)
    asleep = asleep + np.where(ready > 0, refused, 0.0)
    age_s = np.where(lost, np.nan, 0.0)
    asked = rate + np.nan_to_num(asleep)
    return replace(
        nothing_read(seen.instances.desired.astype(np.float64), metrics=1),
        ready=ready,
        ready_age_s=nothing,
        rate=rate,
        mean_s=mean_s,
        p95_s=seen.p95_s[:, -1],
        fallback=asleep,
        open=waiting,
        edge_age_s=age_s,
        metric=metric_of(metrics, asked, rate * np.nan_to_num(mean_s)),
        metric_age_s=age_s[:, np.newaxis],
    )


def _each(policies: Policies, many: int) -> Policies:
    """Every policy so many times, one policy after the other."""
    return taken(policies, np.repeat(np.arange(len(policies)), many))


def _first(past: Traffic, parts: Stretches) -> Ints:
    return past.desired[np.maximum(parts.begins - parts.warm, 0)]


def _runs(
    past: Traffic,
    policies: Policies,
    guards_s: list[int | None],
    settings: WebSettings,
    parts: Stretches,
    start: Ints,
) -> WebRuns:
    seconds = drawn(past).reshape(-1, INTERVAL_S)
    demand = WebDemand(
        arrivals=parts.of(seconds).reshape(parts.many, -1),
        rates=np.repeat(parts.of(past.rates), INTERVAL_S, axis=1),
        lost=~parts.of(past.known),
        scored_from=INTERVAL_S * parts.warm,
    )
    start_up_s = np.rint(policies.start_up_s).astype(np.int64)
    most = settings.give_up_s
    lanes = [
        Lane(place % parts.many, int(each), min(guard or most, most))
        for place, (each, guard) in enumerate(zip(start_up_s, guards_s, strict=True))
    ]
    return WebRuns(demand, lanes, settings, start)
