"""What of an app's draft reaches each service as environment variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jobs.specs.names import ONE_JOB
from platform_admin.models import App, Environment, SecretVersion, Service, Team, Variable
from platform_admin.rules.sealed import plain_bytes
from platform_admin.rules.variables import all_bytes, room_error
from platform_admin.verbs.errors import Invalid, Unknown
from platform_admin.verbs.locks import locked_environment, locked_environments
from platform_admin.verbs.versions import prefetched

LINK_BYTES = 200
"""Room that is kept for what a link resolves to: an address with a login."""

Within = App | Environment
"""Where a value is set: for all of an app, or in one environment (or one of its services)."""


@dataclass(frozen=True)
class Scopes:
    """The draft's variables and secrets that an environment's services get, by who has them."""

    app: list[Variable] = field(default_factory=list)
    environment: list[Variable] = field(default_factory=list)
    services: dict[int, list[Variable]] = field(default_factory=dict)

    def of(self, service: Service | None) -> tuple[list[Variable], ...]:
        """The scopes that reach a service, the more specific later; None is one to come.

        None reaches a static one: no program of it reads them.
        """
        if service is not None and service.kind == Service.Kind.STATIC:
            return [], [], []
        own = self.services.get(service.pk, []) if service is not None else []
        return self.app, self.environment, own

    def all(self) -> list[Variable]:
        """All of them, the less specific first."""
        services = [row for rows in self.services.values() for row in rows]
        return [*self.app, *self.environment, *services]

    def winning(self, service: Service | None) -> dict[str, Variable]:
        """What a service gets by name: the more specific value wins."""
        return {row.name: row for scope in self.of(service) for row in scope}


def check_scope(within: Within, service: Service | None) -> None:
    """Raises Unknown where the service is not of this environment, so perhaps another team's."""
    if service is None:
        return
    if isinstance(within, App) or service.environment_id != within.pk:
        raise Unknown(f"There is no such service in {within}.")


def team_of(within: Within) -> Team:
    """The team that owns it."""
    return within.team if isinstance(within, App) else within.app.team


def locked(within: Within) -> list[Environment]:
    """The environments whose drafts a change here is in, locked to the end of the transaction."""
    if isinstance(within, App):
        return locked_environments(within)
    return [locked_environment(within)]


def where(within: Within, service: Service | None) -> dict[str, Any]:
    """The columns by which a scope's variables are told from all others."""
    if isinstance(within, App):
        return {"app": within, "environment": None, "service": None}
    return {"app": None, "environment": within, "service": service}


def rows(within: Within, service: Service | None) -> list[Variable]:
    """The draft's variables and secrets of one scope: app's, environment's or service's own."""
    found = Variable.objects.filter(**where(within, service), removed=False)
    return list(found.order_by("name"))


def by_scope(environment: Environment) -> Scopes:
    """The draft's variables and secrets of the environment; secrets with their versions."""
    found = Variable.objects.filter(removed=False).order_by("name")
    scopes = Scopes()
    for row in found.filter(app=environment.app_id).prefetch_related(prefetched()):
        scopes.app.append(row)
    for row in found.filter(environment=environment).prefetch_related(prefetched()):
        if row.service_id is None:
            scopes.environment.append(row)
        else:
            scopes.services.setdefault(row.service_id, []).append(row)
    return scopes


def merged(environment: Environment, service: Service | None) -> dict[str, Variable]:
    """What a service gets by name, the more specific value winning; None is one to come."""
    return by_scope(environment).winning(service)


def plain(variables: Iterable[Variable]) -> dict[str, str]:
    """The values of those that are no secrets."""
    return {row.name: row.value for row in variables if not row.secret}


def secret_names(variables: Iterable[Variable]) -> set[str]:
    """The names of those that are secrets."""
    return {row.name for row in variables if row.secret}


def link_names(within: Within, service: Service | None) -> set[str]:
    """The names that links already give: in one service, or in any that gets these values."""
    if service is not None:
        return {link.variable for link in service.links.all()}
    environments = within.environments.all() if isinstance(within, App) else [within]
    services = Service.objects.filter(environment__in=environments).prefetch_related("links")
    return {link.variable for each in services for link in each.links.all()}


def check_room(environments: Iterable[Environment], field: str) -> None:
    """Raises Invalid for the first service whose names and values no longer fit in Nomad."""
    for environment in environments:
        scopes = by_scope(environment)
        for service in environment.services.order_by("name").prefetch_related("links"):
            twice = service.kind in ONE_JOB
            said = room_error(_used(scopes.winning(service).values(), service), twice=twice)
            if said is not None:
                raise Invalid({field: [f"{service.name} of {environment}: {said}"]})


def _used(winning: Iterable[Variable], service: Service) -> int:
    variables = list(winning)
    sizes = _secret_sizes(row for row in variables if row.secret)
    values = all_bytes(plain(variables))
    secrets = sum(len(own_name.encode()) + sizes[own_name] for own_name in sizes)
    links = sum(len(link.variable.encode()) + LINK_BYTES for link in service.links.all())
    return values + secrets + links


def _secret_sizes(secrets: Iterable[Variable]) -> Mapping[str, int]:
    """The bytes of each secret's newest value, by name."""
    ids = [row.pk for row in secrets]
    newest = SecretVersion.objects.filter(variable__in=ids).order_by("variable", "-number")
    rows = newest.distinct("variable").select_related("variable")
    return {row.variable.name: plain_bytes(len(row.sealed)) for row in rows}
