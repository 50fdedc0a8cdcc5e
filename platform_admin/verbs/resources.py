from __future__ import annotations

import secrets

from django.db import transaction

from jobs.resources import KINDS
from platform_admin.models import Cell, Credential, Environment, Quota, Resource, Team
from platform_admin.rules.fields import Errors, collected, name_error, size_errors
from platform_admin.rules.permissions import Permission
from platform_admin.rules.sealed import Sealed, open_sealed, seal
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid, NoRoom
from platform_admin.verbs.keys import keys
from platform_admin.verbs.locks import locked_environment, staying_resource
from platform_admin.verbs.quota import limits_of, locked, reserve_resource
from platform_admin.verbs.scope import require
from platform_admin.verbs.slugs import take_slug, taken_names

PASSWORD_BYTES = 24
FIELD_OF_FIGURE = {"instances": "name", "cpu_mhz": "cpu_mhz", "memory_mb": "memory_mb"}


@transaction.atomic
def create_resource(
    actor: Actor,
    environment: Environment,
    *,
    name: str,
    kind: str,
    cpu_mhz: int = 100,
    memory_mb: int = 64,
) -> Resource:
    """The new resource with a port of its cell's range and a generated credential.

    Invalid: name, kind, cpu_mhz, memory_mb; NoRoom where the quota is used up.
    """
    team = environment.app.team
    require(actor, team, Permission.CHANGE_DRAFT)
    quota = locked(team)
    environment = locked_environment(environment)
    found = [
        ("name", name_error(name, taken_names(environment))),
        ("kind", _kind_error(kind)),
        *size_errors(cpu_mhz, memory_mb, limits_of(quota)),
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
    )
    resource.save(force_insert=True)
    _generate_credential(resource)
    _reserve(quota, resource)
    audit.record(actor, "create resource", resource, team=team, after=_row(resource))
    return resource


@transaction.atomic
def change_resource(actor: Actor, resource: Resource, *, cpu_mhz: int, memory_mb: int) -> Resource:
    """The resource with another size in the draft. Invalid: cpu_mhz, memory_mb; NoRoom."""
    team = _team(resource)
    require(actor, team, Permission.CHANGE_DRAFT)
    quota = locked(team)
    locked_environment(resource.environment)
    resource = staying_resource(resource)
    _refuse(collected(size_errors(cpu_mhz, memory_mb, limits_of(quota))))
    before = _row(resource)
    resource.cpu_mhz, resource.memory_mb = cpu_mhz, memory_mb
    resource.save(update_fields=["cpu_mhz", "memory_mb"])
    _reserve(quota, resource)
    audit.record(actor, "change resource", resource, team=team, before=before, after=_row(resource))
    return resource


def password(credential: Credential) -> str:
    """The credential's password, opened: for the cluster's Variables alone, never for a page.

    SealError where it does not open.
    """
    sealed = Sealed(credential.key_id, bytes(credential.sealed))
    return open_sealed(
        sealed, keys(), about=_about(credential.resource_id, credential.user)
    ).decode()


def sealed_password(resource_id: int, user: str, plain: str) -> Sealed:
    """A password as its credential's row holds it, for `password`."""
    return seal(plain.encode(), keys(), about=_about(resource_id, user))


def _generate_credential(resource: Resource) -> Credential:
    user = KINDS[resource.kind].user
    sealed = sealed_password(resource.pk, user, secrets.token_urlsafe(PASSWORD_BYTES))
    return Credential.objects.create(
        resource=resource, user=user, sealed=sealed.data, key_id=sealed.key_id
    )


def _about(resource_id: int, user: str) -> bytes:
    """What the password is sealed for: its row and field."""
    return f"credential:{resource_id}:{user}:password".encode()


def _free_port(cell: Cell) -> int:
    """The lowest port of the cell's range that no resource has; the cell is locked for it."""
    cell = Cell.objects.select_for_update(no_key=True).get(pk=cell.pk)
    taken = set(Resource.objects.filter(cell=cell).values_list("port", flat=True))
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
    return {
        name: getattr(resource, name) for name in ("name", "kind", "cpu_mhz", "memory_mb", "port")
    }
