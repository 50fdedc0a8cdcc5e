"""What a tick must remember, in the tick rows: whoever comes next starts from these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from django.db.models import F, QuerySet
from numpy.typing import NDArray

from platform_admin.models import ScalingEvent, Shard, Tick
from scaler.loop.state import State, seconds, services_of
from scaler.rules.arrays import Bools, Floats, Ints
from scaler.rules.capacity import Capacity
from scaler.rules.decide import Decision
from scaler.rules.freshness import FRESH_INTERVALS
from scaler.rules.growth import QUIETEST
from scaler.rules.history import READINGS, History, nothing_remembered
from scaler.rules.policies import Policies
from scaler.rules.steps import STEPS
from scaler.rules.stored import as_now, places_now
from scaler.samples.series import aligned, joined, whole
from scaler.samples.ticks import ids_of, numbers

CAPACITY = ("good", "over", "confidence", "base_s", "last_good", "overs")
ROWS = 3 * READINGS + 2 + len(CAPACITY) + 3
"""The readings' ages, arrivals and mean durations; noise; since when nothing is known; capacity;
since when the last change up and the last one down are acknowledged; the release of the capacity.

The order is that of stored rows: what is new goes to the end."""
AGES = (*range(READINGS), 3 * READINGS + 1, ROWS - 3, ROWS - 2)
"""The rows of `packed` that are ages."""
NEVER = {"noise": QUIETEST, "confidence": 0.0, "overs": 0.0}
PROPOSAL = STEPS.index("tolerance")
NOTHING_SAID = -1
ROUNDING_S = 0.1
"""Of an age in float32, up to days."""
LARGEST = np.iinfo(np.int16).max


@dataclass(frozen=True)
class Last:
    """The tick before: the step that each service's last event named, and its decided count.

    `up_at`, `down_at`: when the last change of each direction was acknowledged first, seconds;
    NaN while it is not. A release that rolls acknowledges again and again. All (n,).
    """

    told: Ints
    count: Floats
    up_at: Floats
    down_at: Floats


def remembered(
    shards: Sequence[Shard], state: State, policies: Policies, now: datetime
) -> tuple[History, Last]:
    """The history of the shards' services as it stands in the rows, and the tick before."""
    windows = np.concatenate([policies.up.window_s, policies.down.window_s, [0.0]])
    # A little more than the longest window: so only a true first evaluation looks like one.
    gap_s = FRESH_INTERVALS * policies.interval_s.max(initial=0.0)
    back_s = windows.max() + gap_s
    decided = Tick.objects.filter(shard__in=shards, decided_at__isnull=False, at__lt=now)
    history = nothing_remembered(len(state), evaluations=1, changes=1)
    rows = decided.filter(at__gte=now - timedelta(seconds=float(back_s)))
    history = _with_proposals(history, rows, state, now.timestamp(), gap_s)
    newest = decided.filter(memory__isnull=False).order_by("shard", "-at").distinct("shard")
    history, last = _with_memory(history, newest, state.services)
    return _with_changes(history, last, policies, shards, state, now.timestamp())


def stored(decision: Decision) -> NDArray[np.int16]:
    """What `_with_proposals` reads, a row a step; NOTHING_SAID where there was no proposal."""
    counts = np.clip(decision.counts.T, 0, LARGEST).astype(np.int16)
    counts[PROPOSAL, np.isnan(decision.proposal)] = NOTHING_SAID
    return counts


def packed(history: History, last: Last, at: float) -> NDArray[np.float32]:
    """What `_with_memory` reads, (ROWS, n): ages in place of times, so that float32 is enough."""
    return np.vstack(
        [
            (at - history.seen_at).T,
            history.arrivals.T,
            history.mean_s.T,
            history.noise,
            at - history.unknown_since,
            *(getattr(history.capacity, name) for name in CAPACITY),
            at - last.up_at,
            at - last.down_at,
            history.release,
        ]
    ).astype(np.float32)


def _with_memory(history: History, rows: QuerySet[Tick], services: Ints) -> tuple[History, Last]:
    """What the newest row of each shard has to say, with times in place of ages."""
    columns = ("at", "services", "memory", "told", "counts")
    known, table = joined([_memory(*row) for row in rows.values_list(*columns)])
    found = whole(aligned(table, known, services, np.nan), ROWS + 2)
    told, count, readings = found[0], found[1], found[2 : 2 + 3 * READINGS]
    noise, unknown_since, *capacity, up_at, down_at, release = found[2 + 3 * READINGS :]
    learned = {
        name: np.where(np.isnan(column), NEVER.get(name, np.nan), column)
        for name, column in zip(CAPACITY, capacity, strict=True)
    }
    return replace(
        history,
        seen_at=readings[:READINGS].T,
        arrivals=readings[READINGS : 2 * READINGS].T,
        mean_s=readings[2 * READINGS :].T,
        noise=np.where(np.isnan(noise), NEVER["noise"], noise),
        unknown_since=unknown_since,
        capacity=Capacity(**learned),
        release=release,
    ), Last(
        told=np.nan_to_num(told).astype(np.int64),
        count=np.nan_to_num(count, nan=-1.0),
        up_at=up_at,
        down_at=down_at,
    )


def _memory(
    at: datetime, services: bytes, memory: bytes, told: bytes, counts: bytes
) -> tuple[Ints, Floats]:
    """A row as services (n,) and a table: what was told, the count, and what `packed` put there."""
    known = ids_of(services)
    table = numbers(memory, len(known), "<f4").astype(np.float64)
    ages = np.zeros(len(table), dtype=np.bool_)
    ages[[place for place in AGES if place < len(table)]] = True
    table[ages] = at.timestamp() - table[ages]
    after = numbers(counts, len(known), "<i2")
    said = numbers(told, len(known), "<i1").astype(np.int64)
    named = places_now(said, len(after)) if len(known) else said
    return known, np.vstack([named, after[-1:], table])


def _with_proposals(
    history: History, rows: QuerySet[Tick], state: State, now: float, gap_s: float
) -> History:
    """The proposals in the windows, and what each service ran at its first evaluation there.

    As HPA does: the count at the first evaluation is a recommendation too, also at the present
    one. So is the one at the first evaluation after a gap, in which nobody decided.
    """
    found: dict[datetime, list[tuple[Ints, NDArray[np.generic]]]] = {}
    for moment, ids, counts in rows.order_by("at").values_list("at", "services", "counts"):
        assert counts is not None, "what is decided has counts"
        known = ids_of(ids)
        if not len(known):
            continue
        after = as_now(numbers(counts, len(known), "<i2").astype(np.int64))
        found.setdefault(moment, []).append((known, after[[0, PROPOSAL]]))
    proposals, before = np.full((2, len(state), len(found) + 1), np.nan)
    for place, parts in enumerate(found.values()):
        known, table = joined(parts)
        before[:, place], proposals[:, place] = aligned(table, known, state.services, np.nan)
    proposals[proposals == NOTHING_SAID] = np.nan
    before[:, -1] = state.desired
    at = np.array([*(moment.timestamp() for moment in found), now])
    begins = _begins(at, ~np.isnan(before), gap_s)
    return replace(
        history,
        at=np.concatenate([at, at]),
        proposals=np.column_stack([proposals, np.where(begins, before, np.nan)]),
    )


def _begins(at: Floats, evaluated: Bools, gap_s: float) -> Bools:
    """Whether a service's evaluation (n, k) is its first, or the first after a gap."""
    evaluations = np.where(evaluated, at, -np.inf)
    newest = np.maximum.accumulate(evaluations, axis=1)
    last = np.column_stack([np.full(len(evaluated), -np.inf), newest[:, :-1]])
    return np.asarray(evaluated & (at - last > gap_s))


def _with_changes(
    history: History,
    last: Last,
    policies: Policies,
    shards: Sequence[Shard],
    state: State,
    now: float,
) -> tuple[History, Last]:
    """The changes of `desired` that a rate, a cooldown or a start-up still looks at."""
    since = now - _longest(policies)
    applied = ScalingEvent.objects.filter(outcome=ScalingEvent.Outcome.APPLIED)
    applied = applied.exclude(after=F("before")).annotate(seconds=seconds("at"))
    recent = applied.filter(
        service__in=services_of(shards).values("pk"), at__gte=datetime.fromtimestamp(since, UTC)
    )
    columns = ("service_id", "seconds", "before", "after")
    rows = list(recent.order_by("at", "pk").values_list(*columns))
    if late := _late(state, since):
        newest = applied.filter(service__in=late).order_by("service", "-at", "-pk")
        rows = [*newest.distinct("service").values_list(*columns), *rows]
    here = set(state.services.tolist())
    changes = [(s, at, after - before) for s, at, before, after in rows if s in here]
    return _changed(history, last, changes, state, now)


def _late(state: State, since: float) -> list[int]:
    """The services whose last change is older than that, and was not acknowledged until then."""
    out = np.isnan(state.acknowledged) | (state.acknowledged_at >= since)
    found: list[int] = state.services[out & (state.desired_at < since)].tolist()
    return found


def _longest(policies: Policies) -> float:
    """For how many seconds back a change can still matter."""
    looked = [
        policies.up.cooldown_s,
        policies.down.cooldown_s,
        np.nan_to_num(policies.up.period_s).ravel(),
        np.nan_to_num(policies.down.period_s).ravel(),
        3 * (policies.start_up_s + policies.interval_s),
        policies.unknown_after_s,
    ]
    return float(max((each.max(initial=0.0) for each in looked), default=0.0))


def _changed(
    history: History,
    last: Last,
    changes: Sequence[tuple[int, float, int]],
    state: State,
    now: float,
) -> tuple[History, Last]:
    places = np.searchsorted(state.services, [service for service, _, _ in changes])
    most = int(np.bincount(places, minlength=1).max(initial=0)) if changes else 0
    at, change = np.full((2, len(state), max(most, 1)), np.nan)
    up, down = np.full((2, len(state)), np.nan)
    filled = np.zeros(len(state), dtype=np.int64)
    for place, (_, moment, delta) in zip(places, changes, strict=True):
        at[place, filled[place]], change[place, filled[place]] = moment, delta
        filled[place] += 1
        (up if delta > 0 else down)[place] = moment
    for way, acknowledged_at in ((up, last.up_at), (down, last.down_at)):
        counts = np.isnan(way) | (acknowledged_at >= way - ROUNDING_S)
        way[:] = np.where(counts, acknowledged_at, way)
    up_known, down_known = up.copy(), down.copy()
    for place in np.unique(places):
        rises = change[place, filled[place] - 1] > 0
        before = (last.up_at if rises else last.down_at)[place]
        began = _began(state, int(place), at[place, filled[place] - 1], before)
        (up_known if rises else down_known)[place] = began
        (up if rises else down)[place] = now if np.isnan(began) else began
    moved = replace(history, changed_at=at, change=change, up_at=up, down_at=down)
    return moved, replace(last, up_at=up_known, down_at=down_known)


def _began(state: State, place: int, written: float, known: float) -> float:
    """When a cooldown began: at the first acknowledgement of the change; NaN while that is out."""
    if known >= written - ROUNDING_S:
        return known
    acknowledged = state.acknowledged_at[place]
    if np.isnan(state.acknowledged[place]) or not acknowledged >= written:
        return np.nan
    return float(acknowledged)
