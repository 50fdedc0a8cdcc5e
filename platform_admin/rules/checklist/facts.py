"""What the questions are answered from: an environment's rows as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from jobs.document import ServiceDoc
from platform_admin.rules.quota import Use

NOTHING = Use()

Knowledge = Literal["fresh", "silent", "never"]


@dataclass(frozen=True)
class Policy:
    """What a service's scaling says; `follows` where it has a target that can be measured."""

    mode: str = "shadow"
    paused: bool = False
    follows: bool = True
    queue: str = ""
    minimum: int = 1
    maximum: int = 4


@dataclass(frozen=True)
class ServiceFacts:
    """A service: as the draft has it, as it is live, its jobs, its instances, its scaling.

    `jobs` are the Nomad jobs of its two colours, each with its namespace; `addresses` where its
    instances listen. `logs_mb`: how much Nomad keeps of what an instance says, 0 where nothing.
    `measured`: its load was read lately. `start_up_s`: what a start took, None before one was seen.
    `at_rest`: what it has reserved of the quota.
    """

    doc: ServiceDoc
    slug: str
    live: ServiceDoc | None = None
    jobs: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    instances: int = 0
    logs_mb: int = 0
    measured: bool = False
    start_up_s: float | None = None
    policy: Policy = Policy()
    at_rest: Use = NOTHING

    @property
    def name(self) -> str:
        return self.doc.name

    @property
    def listens(self) -> bool:
        """Whether it is reached by a port."""
        return self.doc.port is not None


@dataclass(frozen=True)
class ResourceFacts:
    """A resource: where it listens, whether Nomad was asked to run it, whether it is healthy."""

    name: str
    kind: str
    slug: str
    port: int
    placed: bool = False
    healthy: bool = False
    address: str = ""


@dataclass(frozen=True)
class Value:
    """A plain variable of the draft; `owner` is the service that has it, "" the environment.

    Or, where `of_app`, the app.
    """

    owner: str
    name: str
    value: str
    of_app: bool = False

    @property
    def whose(self) -> str:
        """What has it, as a sentence says it."""
        return self.owner or ("the app" if self.of_app else "the environment")


@dataclass(frozen=True)
class Known:
    """How fresh a source is, and the sentence that says so."""

    how: Knowledge = "fresh"
    said: str = ""


@dataclass(frozen=True)
class OldRelease:
    """A release that was live before what is live now; `missing` are services without archive."""

    number: int
    archives: int = 0
    images: int = 0
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class CommandRan:
    """A release command that succeeded in another environment of the app."""

    service: str
    command: tuple[str, ...]
    source: str
    environment: str
    deployment: int


@dataclass(frozen=True)
class Facts:
    """An environment. `private` is the edge's private address, `apps_domain` where apps answer."""

    services: tuple[ServiceFacts, ...] = ()
    resources: tuple[ResourceFacts, ...] = ()
    values: tuple[Value, ...] = ()
    secrets: int = 0
    private: str = ""
    apps_domain: str = "localhost"
    observed: Known = Known()
    sampled: Known = Known()
    live_release: int | None = None
    older: tuple[OldRelease, ...] = ()
    elsewhere: tuple[CommandRan, ...] = ()
    environments: tuple[str, ...] = ()
    limits: Use = NOTHING
    taken: Use = NOTHING

    @property
    def live(self) -> tuple[ServiceFacts, ...]:
        """The services of which something is live."""
        return tuple(each for each in self.services if each.live is not None)


def source_of(doc: ServiceDoc) -> str:
    """What a service's program comes out of: its archive's hash, or its image."""
    return doc.artifact or doc.image or ""
