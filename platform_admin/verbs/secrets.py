from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from platform_admin.models import SecretVersion, Service, Variable
from platform_admin.rules.fields import collected
from platform_admin.rules.generated import Shape
from platform_admin.rules.permissions import Permission
from platform_admin.rules.sealed import Sealed, open_sealed, seal
from platform_admin.rules.variables import name_found, room_error, value_error
from platform_admin.verbs import audit, environ
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.environ import Within
from platform_admin.verbs.errors import Invalid, Unknown
from platform_admin.verbs.generated import generated
from platform_admin.verbs.keys import keys
from platform_admin.verbs.scope import require


@transaction.atomic
def set_secret(
    actor: Actor, within: Within, service: Service | None, name: str, value: str | Shape
) -> SecretVersion:
    """The secret's new version, encrypted: of a value, or of one that is made in this shape.

    Invalid: name, value, length, alphabet.
    """
    return make_version(actor, within, service, name, value, verb="set secret")


@transaction.atomic
def set_secrets(
    actor: Actor, within: Within, service: Service | None, values: Mapping[str, str]
) -> list[SecretVersion]:
    """New versions of several secrets, all or none. Invalid by `<name>.name`, `<name>.value`."""
    made = []
    for name, value in values.items():
        try:
            made.append(set_secret(actor, within, service, name, value))
        except Invalid as error:
            errors = {f"{name}.{field}": said for field, said in error.errors.items()}
            raise Invalid(errors) from error
    return made


def make_version(
    actor: Actor,
    within: Within,
    service: Service | None,
    name: str,
    value: str | Shape,
    *,
    verb: str,
) -> SecretVersion:
    """The secret's new version, its drafts locked; the audit calls it `verb`."""
    team = environ.team_of(within)
    require(actor, team, Permission.SET_SECRET)
    environ.check_scope(within, service)
    environments = environ.locked(within)
    made = isinstance(value, Shape)
    value = generated(value) if isinstance(value, Shape) else value
    _refuse(within, service, name, value)
    row, _ = Variable.objects.update_or_create(
        **environ.where(within, service), name=name, secret=True, defaults={"removed": False}
    )
    version = _add_version(actor, row, value)
    environ.check_room(environments, "value")
    after = {"name": name, "version": version.number} | ({"generated": True} if made else {})
    audit.record(actor, verb, service or within, team=team, after=after)
    return version


@transaction.atomic
def remove_secret(actor: Actor, within: Within, service: Service | None, name: str) -> None:
    """Takes the secret out of the draft; releases that name its versions keep them."""
    team = environ.team_of(within)
    require(actor, team, Permission.SET_SECRET)
    environ.check_scope(within, service)
    environ.locked(within)
    row = Variable.objects.filter(
        **environ.where(within, service), name=name, secret=True, removed=False
    )
    if row.update(removed=True) == 0:
        raise Unknown(f"There is no secret called {name!r}.")
    audit.record(actor, "remove secret", service or within, team=team, before={"name": name})


def secret_value(within: Within, service: Service | None, name: str, number: int) -> str:
    """The value of one version, opened: for the cluster's Variables alone, never for a page.

    `within` and `service` are what SecretRef's scope says. Unknown where there is no such
    version, SealError where it does not open.
    """
    version = (
        SecretVersion.objects.filter(
            variable__in=Variable.objects.filter(
                **environ.where(within, service), name=name, secret=True
            ),
            number=number,
        )
        .select_related("variable")
        .first()
    )
    if version is None:
        raise Unknown(f"The secret {name!r} has no version {number}.")
    sealed = Sealed(version.key_id, bytes(version.sealed))
    return open_sealed(sealed, keys(), about=_about(version.variable, number)).decode()


def _refuse(within: Within, service: Service | None, name: str, value: str) -> None:
    links = environ.link_names(within, service)
    others = environ.plain(environ.rows(within, service))
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
