"""A policy's rows: every seed and start-up time, at the default and as tuned."""

from __future__ import annotations

from pathlib import Path

from bench.scaling.hindsight import run_settings
from bench.scaling.policies import POLICIES
from bench.scaling.task import Plan, baseline, prepared, results, runs, single

PLAN = Plan(startups_s=(10, 90), seeds=2, scored_days=1)


def test_every_lane_came_out_as_it_does_by_itself(trace: Path) -> None:
    course, family = prepared(trace, range(2), 1), POLICIES["keda"].families["web"]
    found = runs(course, family, PLAN)

    assert list(found) == [(tuned, lane) for tuned in (False, True) for lane in PLAN.lanes]
    for (tuned, lane), (setting, outcome) in found.items():
        [alone] = run_settings(course, family, [setting], [lane])
        assert tuned or setting == family.default
        assert (outcome.cost(0.2), outcome.changes) == (alone.cost(0.2), alone.changes)


def test_a_default_is_what_a_single_run_gives(trace: Path) -> None:
    rows = results(trace, "hpa", PLAN, baseline(trace, PLAN)).rows
    defaults = [row for row in rows if not row.tuned]

    assert len(defaults) == 4
    for row in defaults:
        assert row == single(trace, "hpa", row.startup_s, row.seed, 1)
