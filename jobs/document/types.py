"""What a release, a file and an API body say about an environment, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Scope = Literal["environment", "service"]

KINDS = ("web", "private", "worker")
KINDS_WITH_PORT = ("web", "private")
ARCHIVES = ("tar.gz", "zip")
RESOURCE_KINDS = ("redis", "postgres")
SCOPES: tuple[Scope, ...] = ("environment", "service")


@dataclass(frozen=True)
class LinkDoc:
    """`variable` gets `property` of the service or resource named `target`.

    `database`: in which of a resource's databases; None where the target decides that.
    """

    variable: str
    target: str
    property: str = "url"
    database: str | None = None


@dataclass(frozen=True)
class SecretRef:
    """Which version of a secret is meant, and whether the environment or the service owns it."""

    scope: Scope
    version: int


@dataclass(frozen=True)
class ServiceDoc:
    """One service as it is released.

    `variables` and `secrets` are the environment's and the service's together, the service's
    win. How many instances run is no part of it.
    """

    name: str
    kind: str
    artifact: str | None = None
    archive: str | None = None
    image: str | None = None
    command: tuple[str, ...] = ()
    release_command: tuple[str, ...] = ()
    port: int | None = None
    health_path: str | None = None
    cpu_mhz: int = 100
    memory_mb: int = 128
    start_limit_s: int = 120
    kill_timeout_s: int = 30
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, SecretRef] = field(default_factory=dict)
    links: tuple[LinkDoc, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "links", tuple(sorted(self.links, key=lambda x: x.variable)))


@dataclass(frozen=True)
class ResourceDoc:
    """A store: one that Muster runs, or an `external` one, which it only knows.

    `version` and `max_connections` are a postgres'; where an external one stands, and how it is
    entered, is no part of a release.
    """

    name: str
    kind: str
    cpu_mhz: int = 100
    memory_mb: int = 64
    start_limit_s: int = 60
    version: str | None = None
    max_connections: int | None = None
    external: bool = False


@dataclass(frozen=True)
class Document:
    """All of an environment that a release freezes; its parts stand in the order of names."""

    app: str
    environment: str
    services: tuple[ServiceDoc, ...] = ()
    resources: tuple[ResourceDoc, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "services", tuple(sorted(self.services, key=lambda x: x.name)))
        object.__setattr__(self, "resources", tuple(sorted(self.resources, key=lambda x: x.name)))

        for parts in (self.services, self.resources):
            names = [part.name for part in parts]
            if len(set(names)) < len(names):
                raise ValueError(f"A name stands twice among {', '.join(names)}.")

    def service(self, name: str) -> ServiceDoc | None:
        """The service of that name, None where there is none."""
        return next((service for service in self.services if service.name == name), None)

    def resource(self, name: str) -> ResourceDoc | None:
        """The resource of that name, None where there is none."""
        return next((resource for resource in self.resources if resource.name == name), None)
