"""What a release, a file and an API body say about an environment, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Scope = Literal["app", "environment", "service"]

Protocol = Literal["http", "tcp"]

KINDS = ("web", "private", "worker", "cron", "singleton", "static")
SCALED = ("web", "static", "private", "worker")
KINDS_WITH_PORT = ("web", "private", "static")
PUBLIC = ("web", "static")
"""What browsers reach at a domain."""
ALONE = ("singleton",)
"""Of what never two instances run."""
ARCHIVES = ("tar.gz", "zip")
RESOURCE_KINDS = ("redis", "postgres")
SCOPES: tuple[Scope, ...] = ("app", "environment", "service")
PROTOCOLS: tuple[Protocol, ...] = ("http", "tcp")
KILL_SIGNALS = ("SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2")
OPERATORS = ("=", "!=", ">", ">=", "<", "<=", "regexp", "version", "is_set", "is_not_set")
REDIRECT_CODES = (301, 302, 307, 308)


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
    """Which version of a secret is meant, and what owns it: app, environment or service."""

    scope: Scope
    version: int


@dataclass(frozen=True)
class PortDoc:
    """A further port of a service, beside its main one; its variable is `PORT_<NAME>`."""

    name: str
    port: int


@dataclass(frozen=True)
class ConstraintDoc:
    """Which nodes an instance may run on, as Nomad says it: `attribute operator value`."""

    attribute: str
    operator: str = "="
    value: str = ""


@dataclass(frozen=True)
class RestartDoc:
    """How often an instance that ends is started again on the spot before it is replaced."""

    attempts: int
    interval_s: int
    delay_s: int


@dataclass(frozen=True)
class RedirectDoc:
    """Requests of a static service for `path` (`*` at its end: whatever begins so) go to `to`."""

    path: str
    to: str
    status: int = 308


@dataclass(frozen=True)
class HeaderDoc:
    """A header of a static service's answers to `path` (`*` at its end: whatever begins so)."""

    path: str
    name: str
    value: str


@dataclass(frozen=True)
class ServiceDoc:
    """One service as it is released.

    `variables` and `secrets` are the app's, the environment's and the service's together, the
    more specific win. How many instances run is no part of it. None is Muster's own choice.
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
    protocol: Protocol | None = None
    ports: tuple[PortDoc, ...] = ()
    check_interval_s: int | None = None
    check_timeout_s: int | None = None
    user: str | None = None
    memory_max_mb: int | None = None
    disk_mb: int | None = None
    drain_s: int | None = None
    kill_signal: str | None = None
    constraints: tuple[ConstraintDoc, ...] = ()
    spread: str | None = None
    restart: RestartDoc | None = None
    schedule: str | None = None
    time_zone: str | None = None
    time_limit_s: int | None = None
    fallback: str | None = None
    redirects: tuple[RedirectDoc, ...] = ()
    headers: tuple[HeaderDoc, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, SecretRef] = field(default_factory=dict)
    links: tuple[LinkDoc, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "links", tuple(sorted(self.links, key=lambda x: x.variable)))
        object.__setattr__(self, "ports", tuple(sorted(self.ports, key=lambda x: x.name)))


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
class PathDoc:
    """A path below a domain that leads to the service of that name."""

    prefix: str
    service: str
    strips: bool = False


@dataclass(frozen=True)
class DomainDoc:
    """A domain that leads to a service, or sends its visitors to another domain.

    Its certificate is no part of it: a key stands in no file.
    """

    name: str
    service: str | None = None
    redirect_to: str | None = None
    permanent: bool = True
    only_https: bool = True
    paths: tuple[PathDoc, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "paths", tuple(sorted(self.paths, key=lambda x: x.prefix)))


@dataclass(frozen=True)
class Document:
    """All of an environment that a release freezes; its parts stand in the order of names.

    `domains` stand in an environment's file alone: they are live at once, and in no release.
    """

    app: str
    environment: str
    services: tuple[ServiceDoc, ...] = ()
    resources: tuple[ResourceDoc, ...] = ()
    domains: tuple[DomainDoc, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "domains", tuple(sorted(self.domains, key=lambda x: x.name)))
        object.__setattr__(self, "services", tuple(sorted(self.services, key=lambda x: x.name)))
        object.__setattr__(self, "resources", tuple(sorted(self.resources, key=lambda x: x.name)))

        for parts in (self.services, self.resources, self.domains):
            names = [part.name for part in parts]
            if len(set(names)) < len(names):
                raise ValueError(f"A name stands twice among {', '.join(names)}.")

    def service(self, name: str) -> ServiceDoc | None:
        """The service of that name, None where there is none."""
        return next((service for service in self.services if service.name == name), None)

    def resource(self, name: str) -> ResourceDoc | None:
        """The resource of that name, None where there is none."""
        return next((resource for resource in self.resources if resource.name == name), None)
