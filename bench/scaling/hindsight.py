"""The best setting of a policy for a trace, found by trying them all on one seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.scaling.course import Course, WorkerCourse
from bench.scaling.entry import Facts, Family, Setting
from scaler.replay.outcome import Outcome
from scaler.replay.run import Lane
from scaler.replay.settings import PRICE_LATE_S

SEARCHED_SEED = 0
WORKER_LATE_SHARE = 0.01


def run_settings(
    course: Course, family: Family, settings: Sequence[Setting], lanes: Sequence[Lane]
) -> list[Outcome]:
    """What came of each setting in its lane."""
    startups = np.array([lane.startup_s for lane in lanes], np.int64)
    return course.run(lanes, family.make(settings, Facts(course.peak, startups)))


def best_settings(course: Course, family: Family, startups_s: Sequence[int]) -> dict[int, Setting]:
    """The best setting for each start-up time, the default among the candidates."""
    candidates = [*family.grid, family.default]
    lanes = [Lane(SEARCHED_SEED, startup_s) for startup_s in startups_s for _ in candidates]
    outcomes = run_settings(course, family, candidates * len(startups_s), lanes)
    ranked: dict[int, list[tuple[tuple[float, float], int]]] = {}
    for index, (lane, outcome) in enumerate(zip(lanes, outcomes, strict=True)):
        place = (rank(course, outcome), index % len(candidates))
        ranked.setdefault(lane.startup_s, []).append(place)
    return {startup_s: candidates[min(places)[1]] for startup_s, places in ranked.items()}


def rank(course: Course, outcome: Outcome) -> tuple[float, float]:
    """Lower is better: J for web; for workers hours, of those with at most 1 % late.

    A worker's J would be least with no worker at all: a late job costs 0.2 s, its run minutes.
    """
    if isinstance(course, WorkerCourse):
        share = outcome.late_share
        return (share if share > WORKER_LATE_SHARE else 0.0, outcome.instance_s)
    return (0.0, outcome.cost(PRICE_LATE_S))
