"""A past replayed: what came, policies told apart, and nothing said of little."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scaler.backtest import replayed as module
from scaler.backtest.jobs import jobs
from scaler.backtest.replayed import Asked, replayed
from scaler.backtest.stretches import cut
from scaler.backtest.timetable import NONE, Timetable
from scaler.backtest.traffic import traffic
from scaler.policies.capacity import ASSUMED_USED
from scaler.rules.policies import Behaviour, Policy, compiled
from scaler.rules.windows import Window
from tests.scaler.backtest.past import HOLDS, LOST, WORK_S, queued, served, wave

AT_ONCE = Behaviour(window_s=0.0)
FIXED = Policy(maximum=20, latency_s=0.4, start_up_s=10)
LEARNED = replace(FIXED, learns=True, tolerance=0.0, up=AT_ONCE, down=AT_ONCE)
WORKER = Policy(kind="worker", maximum=10, drain_s=60.0, start_up_s=10)


def test_what_came_is_what_was_measured_and_the_gaps_carry_on() -> None:
    rates = wave(3.0)
    at, table = served(rates)
    past = traffic(at, table, compiled([FIXED]))
    assert past is not None
    offset = len(rates) - len(past.rates)
    assert np.array_equal(past.rates[past.known], rates[offset:][past.known].astype(np.float32))
    assert 1.0 - past.known.mean() == pytest.approx(LOST, abs=0.02)
    assert past.rates.sum() == pytest.approx(rates.sum(), rel=0.01)


def test_an_instance_is_taken_to_hold_what_it_held_and_what_may_be_hoped() -> None:
    past = traffic(*served(wave(3.0)), compiled([FIXED]))
    assert past is not None
    assert past.holds == pytest.approx(0.7 * HOLDS / ASSUMED_USED, rel=0.02)
    assert past.work_s == pytest.approx(WORK_S)


def test_of_ten_minutes_that_are_not_known_nothing_is_said() -> None:
    assert replayed(*served(wave(0.15)), Asked(FIXED, LEARNED, 0.4)) is None
    assert replayed(np.empty(0), np.empty((25, 0)), Asked(FIXED, LEARNED, 0.4)) is None


@pytest.mark.full
def test_policies_are_told_apart_and_nobody_does_better_than_who_knew_it_all() -> None:
    shares: list[float] = []
    costly = replace(FIXED, minimum=15)
    found = replayed(*served(wave(1.0)), Asked(costly, FIXED, 0.4), shares.append)
    assert found is not None
    assert found.now.instance_h > 1.3 * found.typed.instance_h
    assert found.now.late <= found.typed.late
    assert found.now.requests == found.typed.requests == found.best.requests
    price = FIXED.late_price / 3600
    cost = [each.instance_h + price * each.late for each in (found.now, found.typed, found.best)]
    assert cost[2] <= min(cost)
    assert len(found.demand) == len(found.best.track) == len(found.now.track) <= module.POINTS
    assert shares == sorted(shares)
    assert 0.99 < shares[-1] <= 1.0


@pytest.mark.full
def test_a_guard_saves_who_would_have_come_late_behind_a_backlog() -> None:
    calm, rise = wave(1.0, level=60.0), np.full(12, 600.0)
    past = served(np.concatenate([calm, rise, calm]))
    slow = replace(FIXED, maximum=6)
    found = replayed(*past, Asked(slow, slow, 0.4, guards_s=(None, 1)))
    assert found is not None
    assert found.unguarded is not None
    assert found.typed.late < found.unguarded.late
    assert found.unguarded.late == found.now.late


@pytest.mark.full
def test_a_schedule_is_replayed_with_its_policy() -> None:
    at, table = served(wave(1.0, level=20.0))
    always = Window("All day", tuple(range(7)), least=9)
    daily = Timetable((always,), ZoneInfo("UTC"))
    found = replayed(at, table, Asked(FIXED, FIXED, 0.4, timetables=(NONE, daily)))
    assert found is not None
    assert min(found.typed.track) == 9
    assert max(found.now.track) < 9


def test_without_a_guard_there_is_no_other_line() -> None:
    found = replayed(*served(wave(0.5)), Asked(FIXED, FIXED, 0.4, guards_s=(2, None)))
    assert found is not None
    assert found.unguarded is None


def test_the_same_past_says_the_same_again() -> None:
    past = served(wave(0.5))
    assert replayed(*past, Asked(FIXED, FIXED, 0.4)) == replayed(*past, Asked(FIXED, FIXED, 0.4))


def test_the_jobs_of_a_worker_are_as_many_as_ended() -> None:
    past = jobs(*queued(3.0, every_s=30.0, run_s=20.0), compiled([WORKER]))
    assert past is not None
    assert len(past.at_s) == pytest.approx(3 * 120, rel=0.02)
    assert set(past.run_s.tolist()) == {20.0}


@pytest.mark.full
def test_a_worker_with_too_few_is_late_and_one_without_a_wait_never_is() -> None:
    few = replace(WORKER, maximum=1)
    found = replayed(*queued(1.0, every_s=10.0, run_s=40.0), Asked(few, WORKER, 60.0))
    assert found is not None
    assert found.now.late > found.typed.late
    assert found.best.late == 0


@pytest.mark.parametrize(("readings", "many"), [(90, 1), (720, 1), (1500, 2), (60_480, 84)])
def test_stretches_end_where_the_past_ends(readings: int, many: int) -> None:
    parts = cut(readings, 720, 180)
    assert parts.many == many
    assert parts.first + parts.many * parts.length == readings
    told = parts.of(np.arange(readings))
    assert told.shape == (many, 180 + parts.length)
    assert np.array_equal(parts.beside(told), np.arange(parts.first, readings))
