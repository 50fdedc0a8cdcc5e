"""What holds for any services, readings and pasts."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import assume, given

from scaler.rules.decide import decide
from scaler.rules.events import event, from_row, replayed, to_row
from scaler.rules.freshness import fresh
from scaler.rules.history import History
from scaler.rules.observation import Observation
from scaler.rules.policies import Policy, compiled
from scaler.rules.quota import Quotas
from scaler.rules.waterfall import waterfall
from scaler.rules.words import sentence
from tests.inputs import costly
from tests.scaler.rules.many import NOW, situation

pytestmark = pytest.mark.full

Any_ = tuple[list[Policy], Observation, History, Quotas]
ROUNDING = 1e-6


@given(situation())
@costly
def test_a_count_is_inside_its_bounds(some: Any_) -> None:
    policies, seen, history, quotas = some
    decision = decide(compiled(policies), seen, history, NOW, quotas)
    free, count = ~seen.rolling, decision.count
    suspended = decision.numbers["suspended"] > 0
    highest = np.array([each.maximum for each in policies])
    lowest = np.array([each.minimum for each in policies])
    assert (count[free] <= highest[free]).all()
    kept = free & ~suspended & ~seen.unplaced & np.isnan(decision.numbers["quota"])
    assert (count[kept] >= lowest[kept]).all()


@given(situation())
@costly
def test_the_sums_of_a_team_never_pass_its_quota(some: Any_) -> None:
    policies, seen, history, quotas = some
    decision = decide(compiled(policies), seen, history, NOW, quotas)
    for team in range(len(quotas.limit)):
        mine = quotas.team == team
        after = (decision.count[mine, np.newaxis] * quotas.size[mine]).sum(axis=0)
        before = (seen.desired[mine, np.newaxis] * quotas.size[mine]).sum(axis=0)
        assert (after <= np.maximum(quotas.limit[team], before) + ROUNDING).all()


@given(situation())
@costly
def test_the_quota_takes_back_only_for_growth_that_comes_first(some: Any_) -> None:
    policies, seen, history, quotas = some
    decision = decide(compiled(policies), seen, history, NOW, quotas)
    without = decide(compiled(policies), seen, history, NOW)
    has, order = np.minimum(without.count, seen.desired), compiled(policies).kind
    for loser in np.flatnonzero(decision.count < has):
        mine = (quotas.team == quotas.team[loser]) & (order < order[loser])
        assert (decision.count[mine] > seen.desired[mine]).any()
        assert decision.count[loser] >= min(has[loser], policies[loser].minimum)


@given(situation())
@costly
def test_a_service_never_goes_down_on_an_unknown_reading(some: Any_) -> None:
    policies, seen, history, quotas = some
    rules = compiled(policies)
    read = fresh(rules, seen)
    needed = [
        (rules.latency_s, np.isnan(read.rate) | np.isnan(read.fallback)),
        (rules.latency_s, (read.rate > 0) & (np.isnan(read.p95_s) | np.isnan(read.mean_s))),
        (rules.drain_s, np.isnan(read.waiting) | np.isnan(read.busy)),
        (rules.drain_s, (read.waiting + read.busy > 0) & np.isnan(read.service_s)),
        (rules.jobs_per_worker, np.isnan(read.waiting) | np.isnan(read.busy)),
        *zip(rules.metric_target.T, np.isnan(read.metric).T, strict=True),
        *((target, np.isnan(read.ready)) for target in (rules.latency_s, rules.drain_s)),
        *(
            (target, np.isnan(read.ready))
            for target in (rules.jobs_per_worker, *rules.metric_target.T)
        ),
    ]
    unknown = np.any([~np.isnan(used) & missing for used, missing in needed], axis=0)
    count = decide(rules, seen, history, NOW, quotas).count
    by_hand = (seen.override >= 0) & (seen.override_until > NOW)
    watched = unknown & ~by_hand
    assume(watched.any())
    least = np.minimum(seen.desired, rules.maximum)
    assert (count[watched] >= least[watched]).all()


@given(situation())
@costly
def test_the_same_inputs_give_the_same_stored_steps(some: Any_) -> None:
    policies, seen, history, quotas = some
    first = decide(compiled(policies), seen, history, NOW, quotas)
    second = decide(compiled(policies), seen, history, NOW, quotas)
    for place in range(len(policies)):
        rows = [json.dumps(to_row(event(each, place, NOW))) for each in (first, second)]
        assert rows[0] == rows[1]


@given(situation())
@costly
def test_a_stored_event_gives_its_count_and_its_words_again(some: Any_) -> None:
    policies, seen, history, quotas = some
    decision = decide(compiled(policies), seen, history, NOW, quotas)
    for place in range(len(policies)):
        happened = event(decision, place, NOW)
        stored = from_row(json.loads(json.dumps(to_row(happened), allow_nan=False)))
        assert replayed(stored) == tuple(decision.counts[place])
        assert sentence(stored) == sentence(happened)
        assert waterfall(stored)[-1].after == decision.count[place]


@given(situation())
@costly
def test_a_service_is_decided_as_if_it_were_alone_where_no_quota_binds(some: Any_) -> None:
    policies, seen, history, _ = some
    decision = decide(compiled(policies), seen, history, NOW)
    assert decision.counts.shape == (len(policies), len(decision.counts[0]))
    first = Observation(**{name: column[:1] for name, column in vars(seen).items()})
    alone = decide(compiled(policies[:1]), _narrowed(first, policies[0]), _first(history), NOW)
    assert (alone.counts[0] == decision.counts[0]).all()


def _narrowed(seen: Observation, policy: Policy) -> Observation:
    few = {name: vars(seen)[name][:, : len(policy.metrics)] for name in ("metric", "metric_age_s")}
    return Observation(**{**vars(seen), **few})


def _first(history: History) -> History:
    columns = {name: column[:1] for name, column in vars(history).items() if name not in KEPT}
    capacity = type(history.capacity)(*(column[:1] for column in vars(history.capacity).values()))
    return History(**columns, at=history.at, capacity=capacity)


KEPT = ("at", "capacity")
