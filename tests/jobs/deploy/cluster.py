"""What stands outside the platform: a small Nomad, Consul's keys of the edge, and the edges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from jobs.deploy.counts import JobSeen
from jobs.deploy.routing import Routing
from platform_admin.rules.rollout import Colour

Key = tuple[str, Colour]
NEVER = float("inf")


class Conflict(Exception):
    """What was read before is not there any more: read again."""


class Away(Exception):
    """No answer came; what was asked for may have happened."""


@dataclass
class Allocation:
    """An instance. `values` is the release whose Variable it read when it was started."""

    index: int
    release: int
    values: int | None
    healthy_at: float
    ends_at: float | None = None
    cut_off: bool = False

    def healthy(self, now: float) -> bool:
        return self.ends_at is None and now >= self.healthy_at


@dataclass
class Job:
    index: int
    release: int
    count: int = 0
    most: int = 99
    has_slug: bool = False
    slug_at: float = 0.0
    event_index: int = 0
    event_is_ours: bool = True
    allocations: list[Allocation] = field(default_factory=list)

    def healthy(self, now: float) -> int:
        return sum(each.healthy(now) for each in self.allocations)

    def passing(self, now: float) -> int:
        """How many pass in Consul under the slug, which follows a little later."""
        return self.healthy(now) if self.has_slug and now >= self.slug_at else 0

    def staying(self) -> list[Allocation]:
        return [each for each in self.allocations if each.ends_at is None]


@dataclass
class Nomad:
    """Two jobs a service. `starts` says how long an instance of a release takes, NEVER if bad."""

    random: Random
    starts: Callable[[int, int], float]
    enforces: bool = True
    jobs: dict[Key, Job] = field(default_factory=dict)
    variables: dict[Key, tuple[int, int]] = field(default_factory=dict)
    last: int = 0

    def seen(self, key: Key, known: int) -> JobSeen | None:
        """A job and whether an event newer than the index `known` is another hand's."""
        job = self.jobs.get(key)
        if job is None:
            return None
        foreign = not job.event_is_ours and job.event_index > known
        return JobSeen(job.count, job.index, foreign=foreign)

    def index(self, key: Key) -> int:
        job = self.jobs.get(key)
        return job.index if job else 0

    def register(self, key: Key, release: int, *, enforce: int, now: float, most: int = 99) -> None:
        """Register without the slug, counts preserved; another release replaces what runs."""
        self._enforce(key, enforce)
        job = self.jobs.get(key)
        if job and job.release == release and not job.has_slug and job.most == most:
            return
        if job is None:
            self.jobs[key] = Job(self._next(), release, most=most)
            return
        job.index, job.has_slug, job.most = self._next(), False, most
        if job.release != release:
            job.release = release
            self._stop(job.staying(), now)
            self._follow(key, job, now)

    def set_slug(self, key: Key, has_slug: bool, *, enforce: int, now: float) -> None:
        """Register the stored job with or without the slug, in place, counts preserved."""
        self._enforce(key, enforce)
        job = self.jobs[key]
        if job.has_slug != has_slug:
            job.index, job.has_slug = self._next(), has_slug
            job.slug_at = now + self.random.choice((0.1, 0.7))

    def limit(self, key: Key, most: int, *, enforce: int) -> None:
        """Register the stored job with another largest count, in place, counts preserved."""
        self._enforce(key, enforce)
        job = self.jobs[key]
        if job.most != most:
            job.index, job.most = self._next(), most

    def scale(self, key: Key, count: int, *, index: int, ours: bool, now: float) -> int:
        self._enforce(key, index)
        job = self.jobs[key]
        if count > job.most:
            raise Conflict
        job.index, job.count, job.event_is_ours = self._next(), count, ours
        job.event_index = job.index
        self._follow(key, job, now)
        return job.index

    def put_variable(self, key: Key, release: int, *, cas: int) -> None:
        if self.enforces and self.variable_index(key) != cas:
            raise Conflict
        self.variables[key] = (release, self._next())

    def variable_index(self, key: Key) -> int:
        return self.variables.get(key, (0, 0))[1]

    def kill(self, key: Key, number: int, now: float) -> None:
        """An instance dies and is started again in its place after a while."""
        staying = self.jobs[key].staying()
        if staying:
            dead = staying[number % len(staying)]
            dead.healthy_at = now + 2 + self.starts(dead.release, dead.index)

    def end(self, now: float) -> None:
        """What has drained is gone."""
        for job in self.jobs.values():
            job.allocations = [
                each
                for each in job.allocations
                if each.ends_at is None or each.ends_at > now or each.cut_off
            ]

    def _next(self) -> int:
        self.last += 1
        return self.last

    def _enforce(self, key: Key, index: int) -> None:
        if self.enforces and self.index(key) != index:
            raise Conflict

    def _stop(self, allocations: list[Allocation], now: float) -> None:
        for each in allocations:
            each.ends_at = now + self.random.choice((0.5, 1.5, 3.0))

    def _follow(self, key: Key, job: Job, now: float) -> None:
        """Nomad takes the highest indexes away, healthy or not, and fills the lowest."""
        self._stop([each for each in job.staying() if each.index >= job.count], now)
        taken = {each.index for each in job.staying()}
        values = self.variables.get(key, (None, 0))[0]
        for index in range(job.count):
            if index not in taken:
                healthy_at = now + self.starts(job.release, index)
                job.allocations.append(Allocation(index, job.release, values, healthy_at))


@dataclass
class Consul:
    """The edge's keys of each service with the rollout's version, and what each edge shows."""

    guards_version: bool = True
    trees: dict[str, tuple[Routing, int]] = field(default_factory=dict)
    indexes: dict[str, int] = field(default_factory=dict)
    edges: tuple[dict[str, Routing], ...] = field(default_factory=lambda: ({}, {}))

    def write(self, service: str, routing: Routing, version: int, *, index: int) -> None:
        """Write by compare-and-set on the version's key, never down."""
        stored = self.trees[service][1] if service in self.trees else -1
        if self.guards_version and (self.indexes.get(service, 0) != index or stored > version):
            raise Conflict
        if self.trees.get(service) != (routing, version):
            self.trees[service] = (routing, version)
            self.indexes[service] = self.indexes.get(service, 0) + 1

    def follow(self, edge: int) -> None:
        """One edge takes what stands in Consul."""
        shown = self.edges[edge]
        for service, (routing, _) in self.trees.items():
            shown[service] = routing

    def shown(self, service: str) -> Iterator[Routing | None]:
        for edge in self.edges:
            yield edge.get(service)
