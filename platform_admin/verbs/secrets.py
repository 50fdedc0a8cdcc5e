from __future__ import annotations

from django.db import transaction

from platform_admin.models import Environment, SecretVersion, Service, Variable
from platform_admin.rules.fields import collected
from platform_admin.rules.permissions import Permission
from platform_admin.rules.sealed import Sealed, open_sealed, seal
from platform_admin.rules.variables import name_found, room_error, value_error
from platform_admin.verbs import audit, environ
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid, Unknown
from platform_admin.verbs.keys import keys
from platform_admin.verbs.locks import locked_environment
from platform_admin.verbs.scope import require


@transaction.atomic
def set_secret(
    actor: Actor, environment: Environment, service: Service | None, name: str, value: str
) -> SecretVersion:
    """The secret's new version, encrypted. Invalid: name, value."""
    team = environment.app.team
    require(actor, team, Permission.SET_SECRET)
    environ.check_scope(environment, service)
    environment = locked_environment(environment)
    _refuse(environment, service, name, value)
    row, _ = Variable.objects.update_or_create(
        environment=environment,
        service=service,
        name=name,
        secret=True,
        defaults={"removed": False},
    )
    version = _add_version(actor, row, value)
    environ.check_room(environment, "value")
    after = {"name": name, "version": version.number}
    audit.record(actor, "set secret", service or environment, team=team, after=after)
    return version


@transaction.atomic
def remove_secret(
    actor: Actor, environment: Environment, service: Service | None, name: str
) -> None:
    """Takes the secret out of the draft; releases that name its versions keep them."""
    team = environment.app.team
    require(actor, team, Permission.SET_SECRET)
    environ.check_scope(environment, service)
    environment = locked_environment(environment)
    row = Variable.objects.filter(
        environment=environment, service=service, name=name, secret=True, removed=False
    )
    if row.update(removed=True) == 0:
        raise Unknown(f"There is no secret called {name!r}.")
    before = {"name": name}
    audit.record(actor, "remove secret", service or environment, team=team, before=before)


def secret_value(environment: Environment, service: Service | None, name: str, number: int) -> str:
    """The value of one version, opened: for the cluster's Variables alone, never for a page.

    `service` is None for SecretRef's scope "environment". Unknown where there is no such
    version, SealError where it does not open.
    """
    version = (
        SecretVersion.objects.filter(
            variable__environment=environment,
            variable__service=service,
            variable__name=name,
            variable__secret=True,
            number=number,
        )
        .select_related("variable")
        .first()
    )
    if version is None:
        raise Unknown(f"The secret {name!r} has no version {number}.")
    sealed = Sealed(version.key_id, bytes(version.sealed))
    return open_sealed(sealed, keys(), about=_about(version.variable, number)).decode()


def _refuse(environment: Environment, service: Service | None, name: str, value: str) -> None:
    links = environ.link_names(environment, service)
    others = environ.plain(environ.rows(environment, service))
    errors = collected(
        [*name_found(name, links, others, "a plain variable"), ("value", _value_error(value))]
    )
    if errors:
        raise Invalid(errors)


def _value_error(value: str) -> str | None:
    if not value:
        return "The secret has no value: type one, or remove the secret."
    return value_error(value) or room_error(len(value.encode()))


def _add_version(actor: Actor, row: Variable, value: str) -> SecretVersion:
    """The next version; numbers never come twice, also for a secret that was removed once."""
    last = row.versions.order_by("-number").values_list("number", flat=True).first()
    number = (last or 0) + 1
    sealed = seal(value.encode(), keys(), about=_about(row, number))
    return SecretVersion.objects.create(
        variable=row,
        number=number,
        sealed=sealed.data,
        key_id=sealed.key_id,
        author=actor.user,
    )


def _about(row: Variable, number: int) -> bytes:
    """What the value is sealed for: its row and field."""
    return f"secret:{row.pk}:{number}:value".encode()
