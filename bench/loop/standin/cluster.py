"""The cell that is played: counts, instances and loads, as of a moment that is given."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from bench.loop.lag import breach
from bench.loop.standin.instances import Instance
from bench.loop.standin.load import fallen, fronts, risen
from bench.loop.standin.page import Page
from bench.loop.standin.queues import Jobs
from bench.loop.standin.specs import with_count
from bench.loop.world import Unit

CHANGING = 0.05
"""Share of the services that change their load in an interval."""
START_S, HEALTHY_S, DRAIN_S = 1.0, 2.0, 5.0
"""From the request to the start, to the first passing check; from the stop to the end."""
REST_S = 120.0
MOST = 4
FIRST_PORT = 20_000


class Conflicting(Exception):
    """The job is not at the index that was named."""


@dataclass
class Breach:
    """A service with too many late requests `at` a moment; `asked` for more at another one."""

    at: float
    asked: float | None = None


@dataclass
class _Job:
    unit: Unit
    count: int
    index: int
    front: int | None
    instances: list[Instance] = field(default_factory=list)
    changed: float = -REST_S
    breach: Breach | None = None


@dataclass(order=True)
class _Due:
    at: float
    order: int
    what: str = field(compare=False)
    job: _Job | None = field(compare=False, default=None)
    instance: Instance | None = field(compare=False, default=None)


class Cluster:
    """Every method takes the moment; what was due until then has happened before it answers."""

    def __init__(
        self,
        units: Sequence[Unit],
        others: Sequence[tuple[str, str, int]],
        jobs: Jobs,
        now: float,
        interval_s: float,
        chance: random.Random,
    ) -> None:
        """`others`: namespace, job id and port of what runs beside the services."""
        self._jobs_of_queues, self._interval_s, self._chance = jobs, interval_s, chance
        self._index, self._order = 100, itertools.count()
        self._ports = itertools.count(FIRST_PORT)
        self._due: list[_Due] = []
        self._rows: dict[str, bytes] = {}
        self._stubs: dict[str, bytes] = {}
        self._checks: dict[str, bytes] = {}
        self.breaches: list[Breach] = []
        behind = [unit for unit in units if unit.has_port]
        self._fronts = fronts([unit.count for unit in behind], now)
        self._page = Page([f"{unit.job}@consulcatalog" for unit in behind], now)
        places = {unit.slug: place for place, unit in enumerate(behind)}
        self._jobs = {u.job: _Job(u, u.count, 100, places.get(u.slug)) for u in units}
        for job in self._jobs.values():
            for number in range(job.count):
                self._running(job, self._instance(job, number, now), now)
        for namespace, name, port in others:
            self._other(Instance(namespace, name, 0, port, 100), now)

    @property
    def index(self) -> int:
        """The raft index."""
        return self._index

    def begin(self, now: float) -> None:
        """From now on loads change."""
        self._later(now, "interval")

    def advance(self, now: float) -> None:
        """Everything that was due until now has happened, each at its own moment."""
        while self._due and self._due[0].at <= now:
            due = heapq.heappop(self._due)
            if due.what == "interval":
                self._interval(due.at)
            elif due.job is not None and due.instance is not None:
                self._instance_goes_on(due.what, due.job, due.instance, due.at)
            elif due.job is not None:
                self._load_changes(due.job, due.at)

    def allocations(self, now: float) -> bytes:
        """Nomad's list of all allocations."""
        self.advance(now)
        return b"[" + b",".join(self._rows.values()) + b"]"

    def allocation(self, name: str, now: float) -> bytes:
        """The same list with this one only."""
        self.advance(now)
        return b"[" + self._rows.get(name, b"") + b"]"

    def stubs(self, now: float, most: int) -> bytes:
        """The list without resources and task states, its first `most` entries; 0: all."""
        self.advance(now)
        return b"[" + b",".join(islice(self._stubs.values(), most or None)) + b"]"

    def checks(self, now: float) -> bytes:
        """Consul's list of all checks."""
        self.advance(now)
        return b"[" + b",".join(self._checks.values()) + b"]"

    def metrics(self, now: float) -> bytes:
        """The edge's page."""
        self.advance(now)
        return self._page.filled(*self._fronts.at(now))

    def job(self, name: str, rendered: bytes) -> bytes:
        """A job at its count; one that is no live colour's has none."""
        known = self._jobs.get(name)
        return (
            with_count(rendered, known.count, known.index)
            if known
            else with_count(rendered, 0, 100)
        )

    def scale(self, name: str, count: int, index: int, now: float) -> int:
        """The job's new index; Conflicting where it is not at `index`, KeyError without it."""
        self.advance(now)
        job = self._jobs[name]
        if index != job.index:
            raise Conflicting(f"job exists with conflicting job modify index: {job.index}")
        self._index += 1
        before, job.count, job.index = job.count, count, self._index
        if job.breach is not None and count > before:
            job.breach.asked, job.breach = now, None
        running = [one for one in job.instances if one.state in ("pending", "running")]
        for number in range(len(running), count):
            self._later(now + START_S, "starts", job, self._instance(job, number, now))
        for one in running[count:]:
            self._stops(job, one, now)
        return job.index

    def counts(self) -> Mapping[str, int]:
        """The count of each live job."""
        return {name: job.count for name, job in self._jobs.items()}

    def is_late(self, name: str) -> bool:
        """Whether a service has a breach, and was not asked for more since."""
        return self._jobs[name].breach is not None

    # Loads

    def _interval(self, at: float) -> None:
        rested = [job for job in self._jobs.values() if at - job.changed >= REST_S]
        number = min(round(CHANGING * len(self._jobs)), len(rested))
        for job in self._chance.sample(rested, number):
            job.changed = at
            self._later(at + self._chance.uniform(0, self._interval_s), "load", job)
        self._later(at + self._interval_s, "interval")

    def _load_changes(self, job: _Job, at: float) -> None:
        rises = job.count == 1 or (job.count < MOST and self._chance.random() < 0.5)
        if job.front is None:
            waiting, busy = (1, job.count) if rises else (0, job.count - 1)
            self._jobs_of_queues.hold(job.unit, waiting=waiting, busy=busy)
            return
        before = self._fronts.answers(job.front)
        self._fronts.change(job.front, at, load=(risen if rises else fallen)(job.count))
        when = breach(at, before, self._fronts.answers(job.front), self._interval_s)
        if rises and when is not None and job.breach is None:
            job.breach = Breach(when)
            self.breaches.append(job.breach)

    # Instances

    def _instance(self, job: _Job, number: int, at: float) -> Instance:
        self._index += 1
        port = next(self._ports) % 40_000 + FIRST_PORT if job.unit.has_port else None
        one = Instance(job.unit.team, job.unit.job, number, port, self._index)
        one.note("Received", at)
        job.instances.append(one)
        self._shown(job, one)
        return one

    def _instance_goes_on(self, what: str, job: _Job, one: Instance, at: float) -> None:
        if what == "ends":
            one.state = "complete"
            one.note("Terminated", at)
            job.instances.remove(one)
        elif one.state == "draining":
            return
        elif what == "starts":
            self._started(one, at)
            self._later(at + HEALTHY_S, "healthy", job, one)
        elif what == "healthy":
            self._healthy(job, one, at)
        self._shown(job, one)

    def _running(self, job: _Job, one: Instance, at: float) -> None:
        """It has been running from the beginning."""
        self._started(one, at)
        self._passing(job, one, passing=True)
        self._shown(job, one)

    def _started(self, one: Instance, at: float) -> None:
        one.state = "running"
        one.note("Task Setup", at)
        one.note("Started", at)

    def _healthy(self, job: _Job, one: Instance, at: float) -> None:
        self._passing(job, one, passing=True)
        self._works(job, at)

    def _stops(self, job: _Job, one: Instance, at: float) -> None:
        one.state = "draining"
        one.note("Killing", at)
        self._checks.pop(one.id, None)
        self._shown(job, one)
        self._works(job, at)
        self._later(at + DRAIN_S, "ends", job, one)

    def _works(self, job: _Job, at: float) -> None:
        """As many work as are healthy now."""
        if job.front is not None:
            here = sum(each.id in self._checks for each in job.instances)
            self._fronts.change(job.front, at, healthy=here)
        else:
            running = sum(each.state == "running" for each in job.instances)
            self._jobs_of_queues.hold(job.unit, waiting=0, busy=running)

    def _passing(self, job: _Job, one: Instance, *, passing: bool) -> None:
        if job.front is not None:
            names = (job.unit.job, job.unit.slug)
            self._checks[one.id] = b",".join(one.check(name, passing=passing) for name in names)

    def _other(self, one: Instance, at: float) -> None:
        one.note("Received", at)
        self._started(one, at)
        self._rows[one.id], self._stubs[one.id] = one.allocation(), one.stub()
        self._checks[one.id] = one.check(one.job, passing=True)

    def _shown(self, job: _Job, one: Instance) -> None:
        self._index += 1
        one.index = self._index
        self._rows[one.id], self._stubs[one.id] = one.allocation(), one.stub()

    def _later(
        self, at: float, what: str, job: _Job | None = None, instance: Instance | None = None
    ) -> None:
        heapq.heappush(self._due, _Due(at, next(self._order), what, job, instance))
