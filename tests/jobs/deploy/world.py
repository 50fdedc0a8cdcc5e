"""The rows of a team in the database, what is read into a view, and what a transaction refuses.

The clock moves a little with every effect, so that "read before" and "read after" never meet.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from jobs.deploy.routing import Routing, routing
from jobs.deploy.view import Facts, View
from platform_admin.rules.rollout import BLUE, GREEN, Colour, ColourRow, RolloutRow
from platform_admin.rules.split import reserved, split
from tests.jobs.deploy.cluster import NEVER, Away, Conflict, Consul, Key, Nomad

START_LIMIT_S = 12.0
BLINK_S = 0.001
COLOURS: tuple[Colour, Colour] = (BLUE, GREEN)


@dataclass
class Service:
    """A service's rows. `rank` is its place in the order of shifts; a worker has no port.

    `suspended` is the count that comes back when it is resumed, None while it is not suspended.
    Of one that is `alone` never two may run.
    """

    name: str
    rank: int
    has_port: bool
    maximum: int = 5
    alone: bool = False
    desired: int = 1
    desired_version: int = 0
    desired_at: float = 0.0
    suspended: int | None = None
    reservation: int = 1
    rollout: RolloutRow = field(default_factory=RolloutRow)
    blue: ColourRow = field(default_factory=lambda: ColourRow(BLUE))
    green: ColourRow = field(default_factory=lambda: ColourRow(GREEN))

    def row(self, colour: Colour) -> ColourRow:
        return self.blue if colour == BLUE else self.green

    def wanted(self, colour: Colour) -> int:
        return split(self.desired, self.rollout, self.row(colour))

    def routing(self) -> Routing:
        return routing(self.rollout, self.blue, self.green)

    def reserve(self) -> int:
        return reserved(self.desired, self.rollout, (self.blue, self.green))

    def put(self, row: ColourRow) -> None:
        if row.colour == BLUE:
            self.blue = row
        else:
            self.green = row


@dataclass
class Deployment:
    """One attempt to bring `releases` (by service) live; `state` names what is under way."""

    id: int
    releases: dict[str, int]
    command_fails: bool = False
    state: str = "queued"

    @property
    def ended(self) -> bool:
        return self.state in {"succeeded", "failed"}


@dataclass(frozen=True)
class Instance:
    """An instance as it was observed."""

    index: int
    release: int
    healthy: bool


@dataclass(frozen=True)
class Observation:
    """A reading of Nomad's allocations that began at `at`."""

    at: float = -1.0
    instances: dict[Key, tuple[Instance, ...]] = field(default_factory=dict)


@dataclass
class Disturbed:
    """What happened in this run, so that an invariant knows what it may ask for."""

    hands: int = 0
    hands_noticed: int = 0
    quota_lowered: bool = False
    services: set[str] = field(default_factory=set)


class World:
    """A team's services, their deployments and the cluster."""

    def __init__(self, services: tuple[Service, ...], quota: int, seed: int = 0) -> None:
        self.random = Random(seed)
        self.now = 0.0
        self.services = {each.name: each for each in services}
        self.quota = quota
        self.deployments: dict[int, Deployment] = {}
        self.holders: dict[str, int] = {}  # the last deployment that took each service
        self.releases: dict[int, str] = {}
        self.nomad = Nomad(self.random, self._starts)
        self.consul = Consul()
        self.observation = Observation()
        self.nomad_away = False
        self.guards_rows = True
        self.disturbed = Disturbed()

    @property
    def most(self) -> int:
        """The quota with its surge: at least one instance of every service."""
        return self.quota + max(-(-self.quota // 4), len(self.services))

    def tick(self, seconds: float = BLINK_S) -> None:
        self.now += seconds
        self.nomad.end(self.now)

    def open(self) -> list[Deployment]:
        return [each for each in self.deployments.values() if not each.ended]

    def healthy(self, service: str, colour: Colour) -> int:
        """How many instances of a colour are healthy in truth."""
        job = self.nomad.jobs.get((service, colour))
        return job.healthy(self.now) if job else 0

    def observe(self) -> Observation:
        """A reading of the instances as they are now."""
        return Observation(
            self.now,
            {
                key: tuple(
                    Instance(each.index, each.release, each.healthy(self.now))
                    for each in job.allocations
                )
                for key, job in self.nomad.jobs.items()
            },
        )

    def view(self, service: Service, release: int) -> View:
        """All that a decision reads, read now."""
        self.ask_nomad()
        return View(
            now=self.now,
            desired=service.desired,
            has_port=service.has_port,
            start_limit_s=START_LIMIT_S,
            release=release,
            room=self.room(service),
            rollout=service.rollout,
            blue=service.blue,
            green=service.green,
            facts=self._facts(service, release),
            alone=service.alone,
        )

    def room(self, service: Service) -> int:
        others = sum(each.reservation for each in self.services.values() if each is not service)
        return max(self.most - others, service.desired + service.rollout.hold)

    def ask_nomad(self) -> None:
        if self.nomad_away:
            raise Away

    def stays_healthy(self, service: Service, colour: Colour) -> bool:
        """Whether the instances that a lower count keeps are healthy, or had their time."""
        limit = max(service.rollout.state_at, service.desired_at) + START_LIMIT_S
        if self.now > limit:
            return True
        wanted, row = service.wanted(colour), service.row(colour)
        seen = self.observation.instances.get((service.name, colour), ())
        healthy = {each.index for each in seen if each.healthy and each.release == row.release}
        fresh = self.observation.at >= row.acknowledged_at
        return wanted == 0 or (fresh and set(range(wanted)) <= healthy)

    def may_start(self, service: Service) -> bool:
        """Whether nothing runs of a service that is alone, as observed after it was asked for."""
        rows = (service.blue, service.green)
        runs = [self.observation.instances.get((service.name, each)) for each in COLOURS]
        calm = all(
            row.acknowledged == 0 and self.observation.at >= row.acknowledged_at for row in rows
        )
        return not service.alone or (calm and not any(runs))

    def write(
        self,
        service: Service,
        version: int,
        rollout: RolloutRow,
        rows: tuple[ColourRow, ...] = (),
    ) -> None:
        """One transaction on a rollout: conditional on its version, with the reservation.

        Of a colour's row only what deployments own is written: the counts belong to `apply`.
        """
        if self.guards_rows and service.rollout.version != version:
            raise Conflict
        before = replace(service)
        service.rollout = replace(rollout, version=service.rollout.version + 1)
        for row in rows:
            self._put_owned(service, row)
        if not self.reserve(service):
            service.rollout, service.blue, service.green = (
                before.rollout,
                before.blue,
                before.green,
            )
            raise Conflict

    def reserve(self, service: Service) -> bool:
        """Set the reservation from the rows; False, and nothing done, if it grows past the room."""
        wanted = service.reserve()
        others = sum(each.reservation for each in self.services.values() if each is not service)
        if wanted > service.reservation and others + wanted > self.most:
            return False
        service.reservation = wanted
        return True

    def put_counts(self, service: Service, row: ColourRow) -> None:
        """A transaction of `apply`: what Nomad did can not be refused."""
        service.put(row)
        service.reservation = service.reserve()

    def set_desired(self, service: Service, count: int, version: int) -> None:
        """Write `desired` if its version is the one read, inside bounds and quota."""
        others = sum(each.desired for each in self.services.values() if each is not service)
        fits = count <= service.desired or others + count <= self.quota
        if service.desired_version != version or not 0 <= count <= service.maximum or not fits:
            raise Conflict
        if service.suspended is not None and count:
            raise Conflict
        before = service.desired
        service.desired = count
        if not self.reserve(service):
            service.desired = before
            raise Conflict
        service.desired_version += 1
        service.desired_at = self.now

    def suspend(self, service: Service) -> None:
        """An override of 0 without an end: nothing refuses it."""
        before = service.desired
        self.set_desired(service, 0, service.desired_version)
        service.suspended = before

    def resume(self, service: Service, count: int) -> None:
        """The override ends; where there is no room for the count, nothing changes."""
        had, service.suspended = service.suspended, None
        try:
            self.set_desired(service, count, service.desired_version)
        except Conflict:
            service.suspended = had
            raise

    def tree_written(self, service: Service) -> bool:
        """Whether Consul holds what the rows say, under their version."""
        stored = self.consul.trees.get(service.name)
        return stored == (service.routing(), service.rollout.version)

    def _put_owned(self, service: Service, row: ColourRow) -> None:
        mine = service.row(row.colour)
        service.put(
            replace(
                mine,
                release=row.release,
                verified=row.verified,
                bears_slug=row.bears_slug,
                stand_by=row.stand_by,
            )
        )

    def _facts(self, service: Service, release: int) -> Facts:
        name = service.name
        seen = {c: self.observation.instances.get((name, c), ()) for c in COLOURS}
        of_release = {
            c: [each for each in seen[c] if each.release == service.row(c).release] for c in COLOURS
        }
        jobs = {c: self.nomad.jobs.get((name, c)) for c in COLOURS}
        wanted = service.routing()
        return Facts(
            observed_at=self.observation.at,
            healthy={c: sum(each.healthy for each in of_release[c]) for c in COLOURS},
            running={c: len(seen[c]) for c in COLOURS},
            job_most={c: job.most for c, job in jobs.items() if job},
            job_count={c: job.count for c, job in jobs.items() if job},
            tree_written=self.tree_written(service),
            edges_show=all(shown == wanted for shown in self.consul.shown(name)),
            job_has_slug={c: bool(job and job.has_slug) for c, job in jobs.items()},
            slug_passing={c: bool(job and job.passing(self.now)) for c, job in jobs.items()},
            smoke="404" if self.releases.get(release) == "broken" else "ok",
        )

    def _starts(self, release: int, index: int) -> float:
        """How long an instance takes: a dead release never, a flaky one only the first."""
        kind = self.releases[release]
        if kind == "dead" or (kind == "flaky" and index > 0):
            return NEVER
        return self.random.choice((0.5, 1.5, 3.0))
