"""The best setting of a policy for a trace, found by trying them all on one seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.scaling.course import Course, WorkerCourse
from bench.scaling.entry import Facts, Family, Setting
from scaler.replay.outcome import Outcome
from scaler.replay.run import Lane
from scaler.replay.settings import PRICE_LATE_S

SEARCHED_SEED = 0
WORKER_LATE_SHARE = 0.01


@dataclass(frozen=True)
class Searched:
    """The best setting, and what came of it and of the default on the seed that was searched."""

    best: Setting
    of_best: Outcome
    of_default: Outcome


def run_settings(
    course: Course, family: Family, settings: Sequence[Setting], lanes: Sequence[Lane]
) -> list[Outcome]:
    """What came of each setting in its lane."""
    startups = np.array([lane.startup_s for lane in lanes], np.int64)
    return course.run(lanes, family.make(settings, Facts(course.peak, startups)))


def search(course: Course, family: Family, startups_s: Sequence[int]) -> dict[int, Searched]:
    """What the search on one seed found for each start-up time; the default is a candidate too."""
    candidates = [*family.grid, family.default]
    lanes = [Lane(SEARCHED_SEED, startup_s) for startup_s in startups_s for _ in candidates]
    outcomes = run_settings(course, family, candidates * len(startups_s), lanes)
    found = {}
    for place, startup_s in enumerate(startups_s):
        mine = outcomes[place * len(candidates) : (place + 1) * len(candidates)]
        best = min(range(len(candidates)), key=lambda index: (rank(course, mine[index]), index))
        found[startup_s] = Searched(candidates[best], mine[best], mine[-1])
    return found


def rank(course: Course, outcome: Outcome) -> tuple[float, float]:
    """Lower is better: J for web; for workers hours, of those with at most 1 % late.

    A worker's J would be least with no worker at all: a late job costs 0.2 s, its run minutes.
    """
    if isinstance(course, WorkerCourse):
        share = outcome.late_share
        return (share if share > WORKER_LATE_SHARE else 0.0, outcome.instance_s)
    return (0.0, outcome.cost(PRICE_LATE_S))
