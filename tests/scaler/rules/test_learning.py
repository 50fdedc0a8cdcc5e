"""Which readings teach what an instance holds, and which do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scaler.policies.arrivals import CARRIED
from scaler.rules.capacity import planned
from scaler.rules.history import History
from scaler.rules.learning import nobody, spoke
from scaler.rules.policies import compiled
from scaler.rules.words import sentence
from tests.scaler.rules import one
from tests.scaler.rules.one import NOW, WEB

LATE = one.web(3, rate=60, mean_s=0.3, p95_s=0.4)


def test_a_few_requests_teach_nothing_and_ask_for_nothing() -> None:
    few, some = (one.web(1, rate=rate, mean_s=0.3, p95_s=0.4) for rate in (0.4, 0.5))
    assert np.isnan(one.decided(WEB, few).history.capacity.over[0])
    assert np.isfinite(one.decided(WEB, some).history.capacity.over[0])
    assert (one.count(WEB, few), one.count(WEB, some)) == (1, 2)
    said = sentence(one.happened(WEB, few))
    assert said == "Staying at 1: p95 400 ms over 200 ms, of too few requests to tell."


def before(mean_s: float) -> History:
    """A past with a reading ten seconds ago."""
    past = one.past()
    seen_at, means = past.seen_at.copy(), past.mean_s.copy()
    seen_at[0, -1], means[0, -1] = NOW - 10, mean_s
    return replace(past, seen_at=seen_at, mean_s=means)


@pytest.mark.parametrize(
    ("past", "teaches"),
    [
        (one.past(), True),
        (one.past(up_at=NOW - 19), False),
        (one.past(up_at=NOW - 21), True),
        (one.past(down_at=NOW - 9), False),
        (one.past(down_at=NOW - 11), True),
        (before(0.3), True),
        (before(0.2), True),
        (before(1.0), False),
    ],
    ids=("at rest", "starts", "started", "ends", "ended", "steady", "grows", "catches up"),
)
def test_a_late_reading_teaches_only_while_nothing_else_explains_it(
    past: History, teaches: bool
) -> None:
    learned = one.decided(WEB, LATE, past).history.capacity
    assert np.isfinite(learned.over[0]) == teaches


@pytest.mark.parametrize(("fallback", "sure"), [(0.0, True), (np.nan, False)])
def test_a_server_is_not_sure_while_what_no_instance_answered_is_unknown(
    fallback: float, sure: bool
) -> None:
    policy = compiled([replace(WEB, learns=True)])
    one_service, place, learners = np.array([7]), np.array([0]), nobody()
    for step in range(5):
        seen = one.web(3, rate=60, fallback=fallback if step == 4 else 0.0)
        said, learners = spoke(learners, policy, seen, one_service, place, NOW + 10 * step)
    assert said.sure.tolist() == [sure]


@pytest.mark.parametrize(
    ("every_s", "heard"), [(4.9, 15), (5.1, 15), (8.1, 30), (10.0, 30), (11.9, 30)]
)
def test_a_reading_that_comes_sooner_than_a_step_is_left_alone(every_s: float, heard: int) -> None:
    policy = compiled([replace(WEB, learns=True)])
    one_service, place, learners = np.array([7]), np.array([0]), nobody()
    for step in range(30):
        _, learners = spoke(
            learners, policy, one.web(3, rate=60), one_service, place, NOW + every_s * step
        )
    assert learners.web.arrivals.known.tolist() == [heard]


@pytest.mark.parametrize(("away_s", "steps"), [(30, 3), (600, 60), (86_400, 60)])
def test_what_did_not_come_counts_as_lost_up_to_the_longest_gap(away_s: int, steps: int) -> None:
    policy = compiled([replace(WEB, learns=True)])
    one_service, place, seen = np.array([7]), np.array([0]), one.web(3, rate=60)
    _, learners = spoke(nobody(), policy, seen, one_service, place, NOW)
    before = learners.web.tick
    _, learners = spoke(learners, policy, seen, one_service, place, NOW + away_s)
    assert learners.web.tick - before == steps
    assert learners.web.arrivals.known.tolist() == [2]


@pytest.mark.parametrize(("ready", "rate", "sure"), [(1, 60, True), (0, 60, False), (0, 0, True)])
def test_a_server_of_which_nothing_is_ready_is_sure_only_while_nothing_comes(
    ready: int, rate: float, sure: bool
) -> None:
    policy = compiled([replace(WEB, learns=True)])
    one_service, place, learners = np.array([7]), np.array([0]), nobody()
    for step in range(5):
        seen = one.web(3, ready=ready, rate=rate)
        said, learners = spoke(learners, policy, seen, one_service, place, NOW + 10 * step)
    assert said.sure.tolist() == [sure]


@pytest.mark.parametrize(("silent", "speaks"), [(CARRIED, True), (CARRIED + 1, False)])
def test_nobody_speaks_once_growth_is_not_carried_on_any_more(silent: int, speaks: bool) -> None:
    policy = compiled([replace(WEB, learns=True)])
    one_service, place = np.array([7]), np.array([0])
    seen, lost = one.web(3, rate=60), one.web(3, rate=np.nan)
    said, learners = spoke(nobody(), policy, seen, one_service, place, NOW)
    for step in range(silent):
        said, learners = spoke(learners, policy, lost, one_service, place, NOW + 10 * (step + 1))
    assert np.isfinite(said.count).tolist() == [speaks]


KNOWN = one.past(holds=40.0, release=1.0)


@pytest.mark.parametrize(
    ("release", "sure", "kept"), [(1.0, True, 1.0), (2.0, False, 2.0), (np.nan, True, 1.0)]
)
def test_another_release_makes_what_was_learned_an_assumption(
    release: float, sure: bool, kept: float
) -> None:
    history = one.decided(WEB, one.web(3, rate=60, release=release), KNOWN).history
    assert np.isfinite(history.capacity.over[0]) == sure
    assert planned(history.capacity)[0] == 40
    assert history.release[0] == kept


def test_the_first_release_that_is_known_changes_nothing() -> None:
    history = one.decided(WEB, one.web(3, rate=60, release=2.0), one.past(holds=40.0)).history
    assert np.isfinite(history.capacity.over[0])


def test_who_begins_anew_goes_on_from_what_was_measured() -> None:
    policy = compiled([replace(WEB, learns=True)])
    seen, alone, place = one.web(3, rate=60), np.array([7]), np.array([0])
    said, _ = spoke(nobody(), policy, seen, alone, place, NOW, np.array([40.0]))
    assert said.numbers["holds"].tolist() == [40.0]
    unknown, _ = spoke(nobody(), policy, seen, alone, place, NOW)
    assert np.isnan(unknown.numbers["holds"]).all()
