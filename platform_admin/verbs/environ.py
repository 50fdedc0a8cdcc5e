"""What of an environment's draft reaches each service as environment variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Prefetch

from platform_admin.models import Environment, SecretVersion, Service, Variable
from platform_admin.rules.sealed import plain_bytes
from platform_admin.rules.variables import room_error, used_bytes
from platform_admin.verbs.errors import Invalid, Unknown

LINK_BYTES = 200
"""Room that is kept for what a link resolves to: an address with a login."""


def check_scope(environment: Environment, service: Service | None) -> None:
    """Raises Unknown where the service is not of this environment, so perhaps another team's."""
    if service is not None and service.environment_id != environment.pk:
        raise Unknown(f"There is no such service in {environment}.")


def rows(environment: Environment, service: Service | None) -> list[Variable]:
    """The draft's variables and secrets of one scope: the environment's or a service's own."""
    found = Variable.objects.filter(environment=environment, service=service, removed=False)
    return list(found.order_by("name"))


def by_scope(environment: Environment) -> dict[int | None, list[Variable]]:
    """The draft's variables and secrets by the service that has them, None for the environment.

    Secrets with the numbers of their versions, all in two queries.
    """
    numbers = SecretVersion.objects.only("variable_id", "number")
    found = Variable.objects.filter(environment=environment, removed=False).order_by("name")
    scopes: dict[int | None, list[Variable]] = {}
    for row in found.prefetch_related(Prefetch("versions", numbers)):
        scopes.setdefault(row.service_id, []).append(row)
    return scopes


def winning(scopes: Mapping[int | None, list[Variable]], service: Service) -> dict[str, Variable]:
    """What a service gets by name, of `by_scope`: its own values win."""
    return {row.name: row for row in [*scopes.get(None, []), *scopes.get(service.pk, [])]}


def merged(environment: Environment, service: Service | None) -> dict[str, Variable]:
    """What a service gets by name: the environment's, and its own, which win.

    None is a service that is not there yet.
    """
    own = [] if service is None else rows(environment, service)
    return {row.name: row for row in [*rows(environment, None), *own]}


def plain(variables: Iterable[Variable]) -> dict[str, str]:
    """The values of those that are no secrets."""
    return {row.name: row.value for row in variables if not row.secret}


def secret_names(variables: Iterable[Variable]) -> set[str]:
    """The names of those that are secrets."""
    return {row.name for row in variables if row.secret}


def link_names(environment: Environment, service: Service | None) -> set[str]:
    """The names that links already give: in one service, or in any of the environment."""
    services = environment.services.all() if service is None else [service]
    return {link.variable for each in services for link in each.links.all()}


def check_room(environment: Environment, field: str) -> None:
    """Raises Invalid for the first service whose names and values no longer fit in Nomad."""
    for service in environment.services.order_by("name"):
        said = room_error(_used(environment, service))
        if said is not None:
            raise Invalid({field: [f"{service.name}: {said}"]})


def _used(environment: Environment, service: Service) -> int:
    own = merged(environment, service)
    sizes = _secret_sizes(row for row in own.values() if row.secret)
    values = sum(used_bytes(name, value) for name, value in plain(own.values()).items())
    secrets = sum(len(own_name.encode()) + sizes[own_name] for own_name in sizes)
    links = sum(len(link.variable.encode()) + LINK_BYTES for link in service.links.all())
    return values + secrets + links


def _secret_sizes(secrets: Iterable[Variable]) -> Mapping[str, int]:
    """The bytes of each secret's newest value, by name."""
    ids = [row.pk for row in secrets]
    newest = SecretVersion.objects.filter(variable__in=ids).order_by("variable", "-number")
    rows = newest.distinct("variable").select_related("variable")
    return {row.variable.name: plain_bytes(len(row.sealed)) for row in rows}
