"""A trace made ready to be run: demand, where counts begin, what the peak needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bench.scaling.demand import web_demand, web_start, worker_demand, worker_start
from bench.scaling.traces import Trace
from bench.scaling.window import SCORED_DAYS, group, window
from scaler.replay.erlang import erlang_c
from scaler.replay.nobody_waits import hours_without_wait
from scaler.replay.optimum import cheapest, cost_in_model, taken_for_late
from scaler.replay.outcome import Outcome
from scaler.replay.policy import Policy
from scaler.replay.run import Lane, run
from scaler.replay.seen import Floats, Ints, WebSeen, WorkerSeen
from scaler.replay.settings import READING_S, WebSettings, WorkerSettings
from scaler.replay.web import WebDemand, WebRuns
from scaler.replay.worker import WorkerDemand, WorkerRuns

NEED_LATE_SHARE = 0.01


@dataclass(frozen=True)
class InModel:
    """How much more the optimum's schedule costs in the model than its J, as a share of J.

    `elsewhere` leaves out the requests of seconds that the optimum takes for late as a whole.
    """

    apart: float
    elsewhere: float


@dataclass(frozen=True)
class WebCourse:
    """A web trace and its model."""

    name: str
    group: str
    demand: WebDemand
    settings: WebSettings

    @property
    def scored_from_s(self) -> int:
        """The first second that is scored."""
        return self.demand.scored_from

    def run(self, lanes: Sequence[Lane], policy: Policy[WebSeen]) -> list[Outcome]:
        """What came of each lane under the policy."""
        start = web_start(self.demand, self.settings)
        return run(WebRuns(self.demand, lanes, self.settings, start), policy)

    def optimum(self, seed: int, startup_s: int, price: float) -> tuple[float, Ints]:
        """The clairvoyant's J over the scored part, and its count in each second of that."""
        best = cheapest(*self._scored(seed), startup_s, price, self.settings)
        return best.cost, best.ready

    def optimum_over_rates(self, seed: int, startup_s: int, price: float) -> float:
        """J over the scored part of the clairvoyant who has to hold the recorded rates alone."""
        arrivals, rates = self._scored(seed)
        return cheapest(arrivals, rates, startup_s, price, self.settings, over_rates=True).cost

    def optimum_in_model(self, seed: int, startup_s: int, price: float) -> InModel:
        """What the model makes of the optimum's schedule over the scored part."""
        best = cheapest(*self._scored(seed), startup_s, price, self.settings)
        again = cost_in_model(*self._scored(seed), best.ready, startup_s, price, self.settings)
        late = price * taken_for_late(*self._scored(seed), best.ready, self.settings)
        return InModel(again / best.cost - 1.0, (again + late) / best.cost - 1.0)

    def _scored(self, seed: int) -> tuple[Floats, Floats]:
        part = slice(self.scored_from_s, None)
        return self.demand.arrivals[seed, part], self.demand.rates[part]

    @cached_property
    def need(self) -> Ints:
        """The least count for each scored reading at which 1 % or less would be late."""
        rates = self.demand.rates[self.scored_from_s :]
        means = rates[: len(rates) // READING_S * READING_S].reshape(-1, READING_S).mean(axis=1)
        need: Ints = (np.searchsorted(_highest_rates(self.settings), means) + 1).astype(np.int64)
        return need

    @property
    def peak(self) -> int:
        """The count that the busiest reading needs."""
        return int(self.need.max(initial=1))


@dataclass(frozen=True)
class WorkerCourse:
    """A worker trace and its model."""

    name: str
    group: str
    demand: WorkerDemand
    settings: WorkerSettings

    @property
    def scored_from_s(self) -> int:
        """The first second that is scored."""
        return self.demand.scored_from

    def run(self, lanes: Sequence[Lane], policy: Policy[WorkerSeen]) -> list[Outcome]:
        """What came of each lane under the policy."""
        start = worker_start(self.demand)
        return run(WorkerRuns(self.demand, lanes, self.settings, start), policy)

    def optimum(self, seed: int, startup_s: int, price: float) -> tuple[float, Ints]:
        """J of the clairvoyant that lets nobody wait, whatever the price; its count a second."""
        part = (self.scored_from_s, self.demand.seconds)
        jobs, runs = self.demand.arrivals[seed], self.demand.runs[seed]
        return hours_without_wait(jobs, runs, startup_s, part)

    @cached_property
    def need(self) -> Ints:
        """The jobs that would run in each scored reading if none waited, at least 1."""
        _, busy = hours_without_wait(
            self.demand.arrivals[0],
            self.demand.runs[0],
            0,
            (self.scored_from_s, self.demand.seconds),
        )
        whole = busy[: len(busy) // READING_S * READING_S].reshape(-1, READING_S)
        need: Ints = np.maximum(whole.max(axis=1), 1).astype(np.int64)
        return need

    @property
    def peak(self) -> int:
        """The most jobs that would run at once."""
        return int(self.need.max(initial=1))


Course = WebCourse | WorkerCourse


def course(trace: Trace, seeds: Sequence[int], scored_days: int = SCORED_DAYS) -> Course:
    """The trace made ready; a row of arrivals for each of the seeds."""
    part, table = window(trace, scored_days), group(trace)
    if trace.kind == "web":
        settings = WebSettings()
        return WebCourse(trace.name, table, web_demand(trace, part, seeds, settings), settings)
    return WorkerCourse(trace.name, table, worker_demand(trace, part, seeds), WorkerSettings())


def _highest_rates(settings: WebSettings) -> Floats:
    """The highest rate at which each count keeps 99 % in time, from one instance up."""
    table = erlang_c(settings.maximum, settings.slots)
    used = np.linspace(0.0, 1.0, table.shape[1])
    counts = np.arange(1, settings.maximum + 1)[:, None]
    spare = counts * settings.rate * (1.0 - used[None, :])
    late = table[1:] * np.exp(-spare * settings.late_s)
    steps = (late <= NEED_LATE_SHARE).sum(axis=1).astype(np.float64)
    highest: Floats = steps * counts[:, 0] * settings.rate / (len(used) - 1)
    return highest
