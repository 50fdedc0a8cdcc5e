from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaler.policies import web
from scaler.policies.experts import EXPERTS, REACTIVE
from scaler.policies.readings import Floats, WebReadings
from tests.scaler.policies.seen import HOLDS, edge, followed, served, unknown

HOUR = 360


def steady(rate: float, ticks: int = HOUR) -> Floats:
    return np.full((ticks, 1), rate)


def test_it_holds_enough_for_what_arrives() -> None:
    wanted, _, _ = followed(steady(380.0), np.array([6]))
    assert wanted[-1].tolist() == [5]


def test_it_goes_up_before_what_grows_has_come() -> None:
    rates = np.concatenate([steady(200.0, 60), np.linspace(200, 800, 60)[:, np.newaxis]] * 4)
    wanted, _, why = followed(rates, np.array([4]))
    assert int(why.expert[0]) != REACTIVE
    halfway = -31
    assert wanted[halfway][0] * HOLDS > rates[halfway + 4][0]


def test_it_lets_go_of_what_is_not_needed() -> None:
    rates = np.concatenate([steady(400.0), steady(40.0, 60)])
    wanted, _, _ = followed(rates, np.array([6]))
    assert wanted[-1].tolist() == [1]


def test_the_reactive_rule_speaks_until_there_is_an_hour_of_history() -> None:
    _, state, why = followed(steady(400.0, HOUR - 1), np.array([6]))
    assert why.expert.tolist() == [REACTIVE]
    _, _, why = followed(steady(400.0, 1), np.array([6]), state, now=10.0 * (HOUR - 1))
    assert why.expert.tolist() == np.argmin(state.shadow.cost, axis=1).tolist()


@pytest.mark.full
def test_it_follows_a_forecast_of_growth_where_demand_grows_steeply() -> None:
    up = np.linspace(100, 7000, 90)
    rates = np.concatenate([up, up[::-1]] * 4)[:, np.newaxis]
    _, _, why = followed(rates, np.array([5]))
    assert EXPERTS[int(why.expert[0])][0] in (3, 4)


def test_nothing_known_ever_is_no_decision() -> None:
    state = web.begun(np.array([7]))
    wanted, _, why = web.step(state, unknown(1, ready=7), 10.0)
    assert wanted.tolist() == [7]
    assert not why.known[0]


def test_a_queue_is_worked_off_by_more_than_what_arrives_needs() -> None:
    calm, state, _ = followed(steady(400.0, 30), np.array([6]))
    late = edge(400, 5, mean_s=1.0, p95_s=2.0, connections=4040)
    wanted, _, why = web.step(state, late, 310.0)
    assert wanted[0] > calm[-1][0] + 2
    assert why.more[0] > 0


def quiet(desired: int, fallback: float = 0.0) -> WebReadings:
    return edge(0, desired, mean_s=np.nan, p95_s=np.nan, fallback=fallback, minimum=0)


def test_where_nothing_is_allowed_it_rests_after_five_minutes_without_a_request() -> None:
    _, state, _ = followed(steady(40.0, 10), np.array([1]))
    wanted = []
    for place in range(30):
        count, state, _ = web.step(state, quiet(1), 10.0 * (11 + place))
        wanted.append(int(count[0]))
    assert min(wanted[:-1]) >= 1
    assert wanted[-1] == 0


@pytest.mark.parametrize("fallback", [0.0, 0.1])
def test_what_rests_is_woken_by_a_request_alone(fallback: float) -> None:
    _, state, _ = followed(steady(40.0, 10), np.array([1]))
    _, state, _ = web.step(state, quiet(0), 110.0)
    _, state, _ = web.step(state, replace(unknown(1, 0), minimum=np.array([0])), 120.0)
    wanted, _, _ = web.step(state, quiet(0, fallback), 130.0)
    assert (wanted[0] > 0) == (fallback > 0)


def test_what_can_not_reach_its_target_does_not_grow_to_its_maximum() -> None:
    state, counts = web.begun(np.array([2])), np.array([2])
    for place in range(100):
        seen = edge(20.0, counts, mean_s=0.7, p95_s=0.8)
        counts, state, _ = web.step(state, seen, 10.0 * (place + 1))
    assert 2 <= counts[0] <= 4


def test_what_was_full_when_it_was_first_seen_grows() -> None:
    state, counts = web.begun(np.array([2])), np.array([2])
    for place in range(60):
        done = min(80.0 * counts[0], 800.0)
        late = done < 800
        seen = edge(done, counts, mean_s=9.0 if late else 0.1, p95_s=10.0 if late else 0.12)
        counts, state, _ = web.step(state, seen, 10.0 * (place + 1))
    assert counts[0] >= 10


@given(st.lists(st.one_of(st.none(), st.floats(0, 2000)), min_size=2, max_size=40))
@settings(max_examples=40, deadline=None)
def test_an_unknown_reading_never_lowers_a_count(rates: list[float | None]) -> None:
    state, counts, queue = web.begun(np.array([5])), np.array([5]), np.zeros(1)
    for place, rate in enumerate(rates):
        if rate is None:
            seen = unknown(1, counts)
        else:
            seen, queue = served(np.array([rate]), counts, queue)
        wanted, state, _ = web.step(state, seen, 10.0 * (place + 1))
        assert wanted[0] >= 1
        assert rate is not None or wanted[0] >= counts[0]
        counts = np.minimum(wanted, 100)


@given(st.lists(st.tuples(*[st.floats(0, 2000)] * 3), min_size=1, max_size=20))
@settings(max_examples=20, deadline=None)
def test_a_service_is_decided_about_as_if_it_were_alone(rates: list[tuple[float, ...]]) -> None:
    together, _, _ = followed(np.array(rates), np.array([3, 4, 5]))
    for lane in range(3):
        alone, _, _ = followed(np.array(rates)[:, lane : lane + 1], np.array([3 + lane]))
        assert [count[lane] for count in together] == [count[0] for count in alone]


@pytest.mark.parametrize("lie", [np.inf, -1.0, np.nan])
def test_a_lie_of_the_edge_never_lowers_a_count(lie: float) -> None:
    wanted, state, _ = followed(steady(400.0, 30), np.array([6]))
    seen = edge(lie, wanted[-1])
    after, _, _ = web.step(state, seen, 310.0)
    assert after[0] >= wanted[-1][0]


def test_a_late_request_that_is_worth_more_gets_more_instances() -> None:
    _, state, _ = followed(steady(400.0, 30), np.array([6]))
    _, other, _ = followed(steady(400.0, 30), np.array([6]))
    late = edge(400, 5, mean_s=1.0, p95_s=2.0, connections=4040)
    cheap, _, _ = web.step(state, late, 310.0)
    dear, _, _ = web.step(other, replace(late, price=np.array([2.0])), 310.0)
    assert dear[0] > cheap[0]


def test_every_field_of_the_readings_is_of_as_many_services() -> None:
    seen = edge([1.0, 2.0])
    assert {getattr(seen, field.name).shape for field in fields(WebReadings)} == {(2,)}
