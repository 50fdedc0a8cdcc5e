from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from scaler.rules.arrays import Floats


@dataclass(frozen=True)
class Server:
    """A redis: where it is, and as whom to ask it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Queue:
    """A named queue in a redis; `server` is None where that is not known to run."""

    server: Server | None
    name: str


@dataclass(frozen=True)
class Asked:
    """The services of a cell that are asked about at `now` (seconds since 1970).

    `slugs`, `kinds` and `queues` (None: it has none) have a place a service, and so has
    `service_s`: mean seconds of a job as the newest tick tells them, NaN for unknown; () for all.
    `guarded`: whether the edge turns requests of the service away; () for none.
    """

    cell: int
    now: float
    slugs: tuple[str, ...]
    kinds: tuple[str, ...]
    queues: tuple[Queue | None, ...]
    service_s: tuple[float, ...] = ()
    guarded: tuple[bool, ...] = ()

    def told_s(self, place: int) -> float:
        """Mean seconds of a job of one service as the newest tick tells them."""
        return self.service_s[place] if self.service_s else float("nan")

    def __len__(self) -> int:
        return len(self.slugs)


@dataclass(frozen=True)
class Reading:
    """Columns by the names of scaler.samples.series, (n,), NaN for unknown.

    `failures`: what went wrong, a sentence each, the same one once.
    """

    columns: Mapping[str, Floats]
    failures: tuple[str, ...] = ()


class Source(Protocol):
    """Something that can be asked about many services at once; it raises nothing."""

    def read(self, asked: Asked) -> Reading:
        """What is known of the services, within `scaler.sources.source.WITHIN_S`."""
        ...


WITHIN_S = 4.0
"""Seconds that a source may take: less than half of the usual interval."""
