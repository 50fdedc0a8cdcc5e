"""The model of a web service."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from scaler.replay.run import Lane, run
from scaler.replay.seen import Ints, WebSeen
from scaler.replay.settings import WebSettings
from scaler.replay.web import WebDemand, WebRuns


@dataclass
class Plan:
    """A policy that asks for a count from a second on, and remembers what it saw."""

    counts: dict[int, int]
    interval_s: int = 10

    def __post_init__(self) -> None:
        self.seen: list[WebSeen] = []

    def decide(self, seen: WebSeen) -> Ints:
        """The count of each lane."""
        self.seen.append(seen)
        current = seen.instances.desired
        return np.full_like(current, self.counts.get(seen.now_s, int(current[0])))


def demand(rates: list[float], scored_from: int = 0) -> WebDemand:
    """Steady arrivals, every reading there."""
    each = np.array(rates)
    lost = np.zeros((1, len(each) // 10), np.bool_)
    return WebDemand(each[None, :].copy(), each, lost, scored_from)


def one(rates: list[float], plan: Plan, start: int = 1, startup_s: int = 30) -> WebRuns:
    """A lane that ran to the end."""
    runs = WebRuns(demand(rates), [Lane(0, startup_s)], WebSettings(), start)
    run(runs, plan)
    return runs


def test_who_would_wait_longer_than_a_lane_has_patience_leaves_and_is_counted() -> None:
    plan = Plan({})
    lanes = [Lane(0, 30), Lane(0, 30, patience_s=2)]
    runs = WebRuns(demand([200.0] * 100 + [10.0] * 100), lanes, WebSettings(), 1)
    run(runs, plan)
    usual, short = runs.outcomes()
    assert short.late < usual.late
    assert short.gave_up > usual.gave_up
    at_60 = next(seen for seen in plan.seen if seen.now_s == 60)
    assert at_60.left[1, -1] == pytest.approx(200.0 - 80.0, rel=0.05)


def test_starting_and_draining_are_billed() -> None:
    [outcome] = one([10.0] * 200, Plan({50: 3, 120: 1})).outcomes()

    # One all the time, two more from their order on, and ten seconds of drain.
    assert outcome.instance_s == 200 + 2 * (120 - 50) + 2 * 10
    assert outcome.changes == 2


def test_an_instance_works_only_after_its_start_up() -> None:
    plan = Plan({50: 2})
    one([10.0] * 200, plan)
    ready = {seen.now_s: int(seen.instances.ready[0]) for seen in plan.seen}

    assert [ready[now] for now in (50, 80, 90)] == [1, 1, 2]


def test_what_still_starts_goes_first_and_without_a_drain() -> None:
    [outcome] = one([10.0] * 100, Plan({50: 3, 60: 1})).outcomes()

    assert outcome.instance_s == 100 + 2 * 10


def test_an_overloaded_edge_shows_capacity_not_demand() -> None:
    plan = Plan({})
    one([160.0] * 100, plan)
    last = plan.seen[-1]

    assert last.completed[0, -1] == pytest.approx(80.0)
    assert last.mean_s[0, -1] > 5
    assert last.open[0, -1] > 800
    assert last.cpu[0] == 1.0


def test_who_waits_ten_seconds_gives_up_and_is_late() -> None:
    [outcome] = one([160.0] * 1000, Plan({})).outcomes()

    assert outcome.late_share > 0.99
    # Half of them, from when the queue, which ages by half a second a second, is ten seconds old.
    assert outcome.gave_up / outcome.requests == pytest.approx(0.5 * 980 / 1000, abs=1e-3)


def test_nobody_is_late_where_capacity_is_ample() -> None:
    [outcome] = one([40.0] * 1000, Plan({}), start=3).outcomes()

    assert outcome.late_share < 1e-6
    assert outcome.requests == 40_000


def test_a_lost_reading_is_unknown() -> None:
    plan = Plan({})
    made = demand([40.0] * 100)
    made.lost[0, 4] = True
    run(WebRuns(made, [Lane(0, 30)], WebSettings(), 1), plan)
    unknown = [seen.now_s for seen in plan.seen if np.isnan(seen.completed[0, -1])]

    assert unknown == [50]


def test_lanes_do_not_touch_each_other() -> None:
    made = demand([60.0] * 300 + [600.0] * 300)
    lanes = [Lane(0, 10), Lane(0, 30), Lane(0, 90)]
    together = run(WebRuns(made, lanes, WebSettings(), 1), Plan({320: 9}))
    alone = [run(WebRuns(made, [lane], WebSettings(), 1), Plan({320: 9}))[0] for lane in lanes]

    assert [o.cost(0.2) for o in together] == [o.cost(0.2) for o in alone]
    assert together[0].late < together[1].late < together[2].late


def test_the_first_day_is_run_but_not_scored() -> None:
    runs = WebRuns(demand([40.0] * 200, 100), [Lane(0, 30)], WebSettings(), 1)
    [outcome] = run(runs, Plan({50: 2}))

    assert (outcome.requests, outcome.instance_s, outcome.changes) == (4000.0, 200.0, 0)
