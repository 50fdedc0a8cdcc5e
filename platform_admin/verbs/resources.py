from __future__ import annotations

from django.conf import settings
from django.db import transaction

from jobs.resources import KINDS
from platform_admin.models import Cell, Database, Environment, Quota, Resource, Team
from platform_admin.rules.fields import (
    SMALLEST_MEMORY_MB,
    Errors,
    Found,
    collected,
    name_error,
    size_errors,
)
from platform_admin.rules.permissions import Permission
from platform_admin.rules.postgres import (
    CONNECTIONS,
    connections_error,
    database_error,
    version_error,
)
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.credentials import credential
from platform_admin.verbs.errors import Invalid, NoRoom
from platform_admin.verbs.locks import locked_environment, staying_resource
from platform_admin.verbs.quota import limits_of, locked, reserve_resource
from platform_admin.verbs.scope import require, require_operator
from platform_admin.verbs.slugs import take_slug, taken_names

FIELD_OF_FIGURE = {"instances": "name", "cpu_mhz": "cpu_mhz", "memory_mb": "memory_mb"}


@transaction.atomic
def create_resource(
    actor: Actor,
    environment: Environment,
    *,
    name: str,
    kind: str,
    cpu_mhz: int = 100,
    memory_mb: int | None = None,
    version: str = "",
    max_connections: int | None = None,
) -> Resource:
    """The new resource with a port of its cell's range and a generated credential.

    What is not said is what its kind usually gets. Invalid: name, kind, cpu_mhz, memory_mb, of a
    postgres version and max_connections; NoRoom where the quota is used up.
    """
    team = environment.app.team
    require(actor, team, Permission.CHANGE_DRAFT)
    quota = locked(team)
    environment = locked_environment(environment)
    memory_mb = usual_memory_mb(kind) if memory_mb is None else memory_mb
    if kind != Resource.Kind.POSTGRES:
        version, max_connections = "", None
    else:
        version = version or next(iter(versions()), "")
        max_connections = max_connections or CONNECTIONS
    found = [
        ("name", name_error(name, taken_names(environment))),
        ("kind", _kind_error(kind) or _nowhere(kind)),
        *_size_errors(kind, cpu_mhz, memory_mb, quota),
        *_postgres_errors(kind, version, max_connections),
    ]
    _refuse(collected(found))
    resource = Resource(
        environment=environment,
        cell=environment.cell,
        name=name,
        slug_row=take_slug(environment, name),
        kind=kind,
        cpu_mhz=cpu_mhz,
        memory_mb=memory_mb,
        port=_free_port(environment.cell),
        version=version,
        max_connections=max_connections,
    )
    resource.save(force_insert=True)
    credential(resource, KINDS[kind].user)
    _reserve(quota, resource)
    audit.record(actor, "create resource", resource, team=team, after=_row(resource))
    return resource


@transaction.atomic
def change_resource(
    actor: Actor,
    resource: Resource,
    *,
    cpu_mhz: int,
    memory_mb: int,
    max_connections: int | None = None,
) -> Resource:
    """The resource with another size in the draft.

    Invalid: cpu_mhz, memory_mb, of a postgres max_connections; NoRoom.
    """
    team = _team(resource)
    require(actor, team, Permission.CHANGE_DRAFT)
    quota = locked(team)
    locked_environment(resource.environment)
    resource = staying_resource(resource)
    if resource.external:
        raise Invalid({"cpu_mhz": [f"{resource.name} runs elsewhere: it has no size here."]})
    max_connections = max_connections or resource.max_connections
    found = [
        *_size_errors(resource.kind, cpu_mhz, memory_mb, quota),
        *_postgres_errors(resource.kind, None, max_connections),
    ]
    _refuse(collected(found))
    before = _row(resource)
    resource.cpu_mhz, resource.memory_mb = cpu_mhz, memory_mb
    resource.max_connections = max_connections
    resource.save(update_fields=["cpu_mhz", "memory_mb", "max_connections"])
    _reserve(quota, resource)
    audit.record(actor, "change resource", resource, team=team, before=before, after=_row(resource))
    return resource


@transaction.atomic
def add_database(actor: Actor, resource: Resource, name: str) -> Database:
    """The database of a postgres that Muster runs: made by the next deployment, then linked to.

    Invalid: database.
    """
    require(actor, _team(resource), Permission.CHANGE_DRAFT)
    locked_environment(resource.environment)
    if resource.external or not KINDS[resource.kind].databases:
        raise Invalid({"database": [f"{resource.name} gets no databases from Muster."]})
    said = database_error(name)
    if said is None and resource.databases.filter(name=name).exists():
        said = f"{resource.name} already has a database called {name}: choose another name."
    _refuse(collected([("database", said)]))
    made = Database.objects.create(resource=resource, name=name)
    audit.record(actor, "add database", made, team=_team(resource), after={"name": name})
    return made


@transaction.atomic
def forget_node(actor: Actor, resource: Resource) -> Resource:
    """The resource without the node that had its data: its next start begins with none.

    For operators, once that node is lost for good. Invalid: data_node, where none is known.
    """
    require_operator(actor, Permission.OPERATE)
    locked_environment(resource.environment)
    resource = Resource.objects.select_related("environment__app__team").get(pk=resource.pk)
    if not resource.data_node:
        raise Invalid({"data_node": [f"{resource.name} is bound to no node."]})
    before = {"data_node": resource.data_node}
    resource.data_node = ""
    resource.save(update_fields=["data_node"])
    audit.record(actor, "forget node", resource, team=_team(resource), before=before)
    return resource


def versions() -> tuple[str, ...]:
    """The versions of postgres that the operator lets run, the usual one first."""
    return tuple(settings.MUSTER_POSTGRES_PROGRAMS or settings.MUSTER_POSTGRES_IMAGES)


def kinds_here() -> tuple[str, ...]:
    """The kinds of resources that this cluster can run."""
    return tuple(kind for kind in KINDS if _nowhere(kind) is None)


def usual_memory_mb(kind: str) -> int:
    """What a resource of the kind gets where nobody says more."""
    return KINDS[kind].memory_mb if kind in KINDS else 64


def _nowhere(kind: str) -> str | None:
    """Why this cluster can run none of the kind, as a sentence."""
    if kind != Resource.Kind.POSTGRES:
        return None
    # What runs images or isolates its tasks needs a volume; raw_exec sees the nodes' own files.
    driver = next(iter(settings.MUSTER_DRIVERS), "")
    processes = bool(settings.MUSTER_POSTGRES_PROGRAMS) and driver == "raw_exec"
    needed = "MUSTER_POSTGRES_FOLDER" if processes else "MUSTER_POSTGRES_VOLUME"
    if getattr(settings, needed):
        return None
    return (
        "This cluster names no place for the data of a postgres: ask an operator to set"
        f" {needed}, or register one that runs elsewhere."
    )


def _size_errors(kind: str, cpu_mhz: int, memory_mb: int, quota: Quota) -> Found:
    yield from size_errors(cpu_mhz, memory_mb, limits_of(quota))
    smallest = KINDS[kind].smallest_mb if kind in KINDS else 0
    if SMALLEST_MEMORY_MB <= memory_mb < smallest:
        yield "memory_mb", f"{memory_mb} MB is too small for a {kind}: use {smallest} or more."


def _postgres_errors(kind: str, version: str | None, connections: int | None) -> Found:
    """What is wrong with what only a postgres has; a `version` of None stays as it is."""
    if kind != Resource.Kind.POSTGRES:
        return
    if version is not None:
        yield "version", version_error(version, versions())
    if connections is not None:
        yield "max_connections", connections_error(connections)


def _free_port(cell: Cell) -> int:
    """The lowest port of the cell's range that no resource has; the cell is locked for it."""
    cell = Cell.objects.select_for_update(no_key=True).get(pk=cell.pk)
    taken = set(Resource.objects.filter(cell=cell, external=False).values_list("port", flat=True))
    for port in range(cell.first_port, cell.last_port + 1):
        if port not in taken:
            return port
    said = (
        f"All ports of {cell} for resources are taken ({cell.first_port} to {cell.last_port}):"
        " ask an operator for a larger range."
    )
    raise Invalid({"name": [said]})


def _kind_error(kind: str) -> str | None:
    if kind in KINDS:
        return None
    return f"{kind!r} is no kind of resource: choose {' or '.join(KINDS)}."


def _reserve(quota: Quota, resource: Resource) -> None:
    try:
        reserve_resource(quota, resource)
    except NoRoom as error:
        raise error.at(FIELD_OF_FIGURE[error.figure]) from error


def _refuse(errors: Errors) -> None:
    if errors:
        raise Invalid(errors)


def _team(resource: Resource) -> Team:
    return resource.environment.app.team


def _row(resource: Resource) -> dict[str, object]:
    """The row for the audit."""
    names = ["name", "kind", "cpu_mhz", "memory_mb", "port"]
    if resource.kind == Resource.Kind.POSTGRES:
        names += ["version", "max_connections"]
    return {name: getattr(resource, name) for name in names}
