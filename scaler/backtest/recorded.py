"""The decisions of a service once more, from what was stored of it, by the loop's functions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np

from scaler.backtest import memory
from scaler.backtest.timetable import NONE, Timetable, held, scheduled
from scaler.rules.arrays import Floats, Ints
from scaler.rules.decide import Decision, decide
from scaler.rules.freshness import FRESH_INTERVALS, fresh
from scaler.rules.history import History, acknowledged, changed, proposed
from scaler.rules.learning import nobody, spoke
from scaler.rules.policies import Policies
from scaler.samples.observed import Stands, observed, recorded
from scaler.samples.series import column

ROUNDING_S = 0.1
"""Of a stored age, up to days."""
ONE = np.zeros(1, np.int64)


@dataclass(frozen=True)
class Past:
    """What was remembered of the service: its history, and its last evaluation and change.

    `at` is that evaluation, NaN before the first, and `desired` its count before. `change` was
    written at `changed_at`, and is 0 once it was acknowledged.
    """

    history: History
    at: float
    desired: float
    change: float
    changed_at: float


def counts(
    at: Floats,
    table: Floats,
    policies: Policies,
    metric: str = "",
    timetable: Timetable = NONE,
) -> Ints:
    """The count that was decided at each of the times, (k,).

    `at` (k,) seconds and `table` (SERIES, k) as `scaler.samples.hours.measured` reads them;
    `policies` is the service's one as it was then, `metric` the name of its second signal,
    `timetable` its schedule. What a
    team's quota withheld is not known of a single service, nor is what another policy decided.
    """
    made = [each.count[0] for each in decisions(at, table, policies, metric, timetable)]
    return np.array(made, dtype=np.int64)


def decisions(
    at: Floats,
    table: Floats,
    policies: Policies,
    metric: str = "",
    timetable: Timetable = NONE,
) -> Iterator[Decision]:
    """The same, each with its steps and numbers."""
    stood, learners, past = recorded(table, metric, at), nobody(), _nothing(policies)
    singles = table.astype(np.float32)
    times = [column(singles, name) for name in ("start_up_s", "stop_s")]
    ahead_s = float(np.ceil(policies.start_up_s[0]) + policies.interval_s[0])
    floors = held(timetable, at, ahead_s)
    for place, now in enumerate(at.tolist()):
        each = slice(place, place + 1)
        then = _of_then(policies, *(one[each] for one in times))
        stands = _one(stood, each)
        seen = fresh(then, observed(table[:, each], stands, now))
        past = _before(past, stands, policies, now)
        said, learners = spoke(learners, then, seen, ONE, ONE, now)
        made = decide(then, seen, past.history, now, None, scheduled(floors[each]), said)
        past = replace(past, history=made.history, at=now, desired=float(stands.desired[0]))
        yield made


def _of_then(policies: Policies, start_up_s: Floats, stop_s: Floats) -> Policies:
    return replace(
        policies,
        start_up_s=np.where(np.isnan(start_up_s), policies.start_up_s, start_up_s),
        stop_s=np.where(np.isnan(stop_s), policies.stop_s, stop_s),
    )


def _one(stood: Stands, place: slice) -> Stands:
    return Stands(**{each.name: getattr(stood, each.name)[place] for each in fields(stood)})


def _nothing(policies: Policies) -> Past:
    return Past(memory.nothing(policies), np.nan, np.nan, 0.0, np.nan)


def _before(past: Past, stands: Stands, policies: Policies, now: float) -> Past:
    """The past as it stands at the evaluation of `now`: a change, its acknowledgement, a gap.

    As HPA does: the count at the first evaluation is a recommendation too. So is the one at the
    first evaluation after a gap, in which nobody decided.
    """
    past = _acknowledged(_changed(past, float(stands.desired[0])), stands, now)
    if now - past.at <= FRESH_INTERVALS * float(policies.interval_s[0]):
        return past
    return replace(past, history=proposed(past.history, stands.desired, now))


def _changed(past: Past, desired: float) -> Past:
    """The past with the change that the last evaluation made; that is seen at the one after."""
    change = desired - past.desired
    if np.isnan(change) or not change:
        return past
    history = changed(past.history, ONE, np.array([change]), past.at)
    return replace(past, history=history, change=change, changed_at=past.at)


def _acknowledged(past: Past, stands: Stands, now: float) -> Past:
    """The past with when the last change was acknowledged; while it is not, that is now."""
    if not past.change:
        return past
    at = float(stands.acknowledged_at[0])
    out = np.isnan(stands.acknowledged[0]) or not at >= past.changed_at - ROUNDING_S
    change = np.array([past.change])
    history = acknowledged(past.history, ONE, change, now if out else at)
    return replace(past, history=history, change=past.change if out else 0.0)
