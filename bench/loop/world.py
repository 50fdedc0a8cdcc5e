"""Which services a cell has: the same for whoever fills the tables and whoever plays the cluster.

Pure, and the same for the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from jobs.specs import names

LARGEST_CELL = 3000
"""Services of a cell at most: the edge's own cost grows with their number."""
ENVIRONMENT = "production"
REDIS = "redis"
KINDS = ("web",) * 10 + ("private",) * 4 + ("worker",) * 6
"""The services of an environment: 70 % behind the edge, 30 % workers."""
ENVIRONMENTS_OF_TEAM = 2
COUNTS = (1, 2, 3)


@dataclass(frozen=True)
class Unit:
    """A service: its names, kind and the `count` of instances that it begins with."""

    app: str
    team: str
    name: str
    kind: str
    count: int

    @property
    def slug(self) -> str:
        """The name on the whole platform."""
        return names.slug(self.app, ENVIRONMENT, self.name)

    @property
    def has_port(self) -> bool:
        """Whether it is behind the edge."""
        return self.kind != "worker"

    @property
    def job(self) -> str:
        """The live colour's job; all are blue."""
        return names.job_id(self.slug, "blue")


def cells(services: int) -> tuple[int, ...]:
    """How many services each cell gets; their sum is `services`."""
    number = max(ceil(services / LARGEST_CELL), 1)
    each, more = divmod(services, number)
    return tuple(each + (place < more) for place in range(number))


def units(services: int) -> list[Unit]:
    """The services of a cell, environment by environment."""
    return [_unit(place) for place in range(services)]


def redis_slugs(some: Sequence[Unit]) -> dict[str, str]:
    """The slug of each app's redis, in the order of the apps."""
    apps = dict.fromkeys(unit.app for unit in some)
    return {app: names.slug(app, ENVIRONMENT, REDIS) for app in apps}


def redis_user(app: str) -> str:
    """As whom an app's queues are asked for: an own login is an own connection."""
    return f"user-{app}"


def _unit(place: int) -> Unit:
    environment, inside = divmod(place, len(KINDS))
    kind = KINDS[inside]
    return Unit(
        app=f"app{environment:04d}",
        team=f"team{environment // ENVIRONMENTS_OF_TEAM:04d}",
        name=f"{kind}{inside:02d}",
        kind=kind,
        count=COUNTS[place % len(COUNTS)],
    )
