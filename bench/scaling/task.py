"""What one process works on: a policy on a trace, or the optimum of a trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from bench.scaling.course import Course, InModel, WebCourse, course
from bench.scaling.entry import Family, Setting
from bench.scaling.hindsight import SEARCHED_SEED, run_settings, search
from bench.scaling.policies import POLICIES
from bench.scaling.row import PRICES, Optima, Row, Run, row
from bench.scaling.traces import read
from scaler.replay.outcome import Outcome
from scaler.replay.run import Lane
from scaler.replay.seen import Ints
from scaler.replay.settings import PRICE_LATE_S, READING_S

DRAWN_SEED = 0


@dataclass(frozen=True)
class Plan:
    """What is the same for all tasks of a run of the benchmark."""

    startups_s: tuple[int, ...]
    seeds: int
    scored_days: int

    @property
    def lanes(self) -> list[Lane]:
        """A lane for every start-up time and seed."""
        return [Lane(seed, startup) for startup in self.startups_s for seed in range(self.seeds)]

    @property
    def drawn_startup_s(self) -> int:
        """The start-up time that the plots show."""
        return 30 if 30 in self.startups_s else self.startups_s[0]


@dataclass(frozen=True)
class Baseline:
    """What a trace's results are measured against, and what its plot shows below them.

    `optima` are by (start-up, seed). `in_model` says by start-up what the model makes of the first
    seed's schedule; of workers nothing.
    """

    trace: str
    kind: str
    group: str
    scored_s: int
    peak: int
    optima: Mapping[tuple[int, int], Optima]
    in_model: Mapping[int, InModel]
    need: Ints
    ready: Ints


@dataclass(frozen=True)
class Result:
    """A policy on a trace: its rows, without their optimum, and what its plots show."""

    rows: tuple[Row, ...]
    tracks: Mapping[bool, Ints]


@lru_cache(maxsize=2)
def prepared(path: Path, seeds: Sequence[int], scored_days: int) -> Course:
    """The trace in this file, made ready; kept, because the next task often is on it too."""
    return course(read(path), seeds, scored_days)


def baseline(path: Path, plan: Plan) -> Baseline:
    """The optima of a trace."""
    ready_made = prepared(path, range(plan.seeds), plan.scored_days)
    in_model = {}
    if isinstance(ready_made, WebCourse):
        for startup_s in plan.startups_s:
            in_model[startup_s] = ready_made.optimum_in_model(DRAWN_SEED, startup_s, PRICE_LATE_S)
    _, ready = ready_made.optimum(DRAWN_SEED, plan.drawn_startup_s, PRICE_LATE_S)
    return Baseline(
        trace=ready_made.name,
        kind=path.stem.partition("_")[0],
        group=ready_made.group,
        scored_s=len(ready_made.need) * READING_S,
        peak=ready_made.peak,
        optima={
            (lane.startup_s, lane.seed): optima_of(ready_made, lane.seed, lane.startup_s)
            for lane in plan.lanes
        },
        in_model=in_model,
        need=ready_made.need,
        ready=ready[::READING_S],
    )


def results(path: Path, name: str, plan: Plan, base: Baseline) -> Result:
    """A policy on a trace at its default, and at the best setting for each start-up time."""
    ready_made = prepared(path, range(plan.seeds), plan.scored_days)
    family = POLICIES[name].families[base.kind]
    rows, tracks = [], {}
    for (tuned, lane), (setting, outcome) in runs(ready_made, family, plan).items():
        run = Run(
            base.trace,
            base.kind,
            base.group,
            name,
            tuned,
            worded(setting),
            lane.startup_s,
            lane.seed,
        )
        optima = base.optima[lane.startup_s, lane.seed]
        rows.append(row(run, outcome, optima, ready_made.need, ready_made.scored_from_s))
        if lane == Lane(DRAWN_SEED, plan.drawn_startup_s):
            tracks[tuned] = outcome.track[ready_made.scored_from_s // READING_S :].astype(np.int64)
    return Result(tuple(rows), tracks)


def runs(
    ready_made: Course, family: Family, plan: Plan
) -> dict[tuple[bool, Lane], tuple[Setting, Outcome]]:
    """Setting and outcome of every lane at the default, then of every lane as tuned.

    What ran once, by the search or because the default is the best, is not run again.
    """
    found = search(ready_made, family, plan.startups_s)
    settings = {
        (tuned, lane): found[lane.startup_s].best if tuned else family.default
        for tuned in (False, True)
        for lane in plan.lanes
    }
    outcomes: dict[tuple[str, Lane], Outcome] = {}
    for startup_s, searched in found.items():
        lane = Lane(SEARCHED_SEED, startup_s)
        outcomes[worded(family.default), lane] = searched.of_default
        outcomes[worded(searched.best), lane] = searched.of_best
    again = {
        (worded(setting), lane): setting
        for (_, lane), setting in settings.items()
        if (worded(setting), lane) not in outcomes
    }
    if again:
        lanes = [lane for _, lane in again]
        more = run_settings(ready_made, family, list(again.values()), lanes)
        outcomes.update(zip(again, more, strict=True))
    return {
        (tuned, lane): (setting, outcomes[worded(setting), lane])
        for (tuned, lane), setting in settings.items()
    }


def single(path: Path, name: str, startup_s: int, seed: int, scored_days: int) -> Row:
    """One run of a policy at its default."""
    # Where a worker's counts begin, and what it needs, is taken from the first seed.
    seeds = tuple(dict.fromkeys((DRAWN_SEED, seed)))
    ready_made, drawn = prepared(path, seeds, scored_days), seeds.index(seed)
    kind = path.stem.partition("_")[0]
    family = POLICIES[name].families[kind]
    [outcome] = run_settings(ready_made, family, [family.default], [Lane(drawn, startup_s)])
    optima = optima_of(ready_made, drawn, startup_s)
    run = Run(
        ready_made.name,
        kind,
        ready_made.group,
        name,
        False,
        worded(family.default),
        startup_s,
        seed,
    )
    return row(run, outcome, optima, ready_made.need, ready_made.scored_from_s)


def optima_of(ready_made: Course, seed: int, startup_s: int) -> Optima:
    """J of the clairvoyants."""
    by_price = {price: ready_made.optimum(seed, startup_s, price)[0] for price in PRICES}
    if not isinstance(ready_made, WebCourse):
        return Optima(by_price, by_price[PRICE_LATE_S])
    return Optima(by_price, ready_made.optimum_over_rates(seed, startup_s, PRICE_LATE_S))


def worded(setting: Setting) -> str:
    """The setting in a line."""
    return ", ".join(f"{key} {value}" for key, value in setting.items())
