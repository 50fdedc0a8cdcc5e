from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from platform_admin.models import App, SecretVersion, Service, Variable
from platform_admin.rules.fields import Errors
from platform_admin.rules.permissions import Permission
from platform_admin.rules.variables import variable_errors
from platform_admin.verbs import audit, environ
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.environ import Within
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.scope import require
from platform_admin.verbs.secrets import remove_secret, secret_value, set_secret
from platform_admin.verbs.stale import refuse_stale

__all__ = ["SecretVersion", "remove_secret", "secret_value", "set_secret", "set_variables"]


@transaction.atomic
def set_variables(
    actor: Actor,
    within: Within,
    service: Service | None,
    values: Mapping[str, str],
    *,
    seen: Mapping[str, object] | None = None,
) -> list[Variable]:
    """The plain variables of this scope, exactly these; secrets stay.

    Invalid by `variables.<name>`, and by `variables` where all together do not fit. Stale by
    `variables.<name>` where somebody set, added or removed one since all of them were `seen`.
    """
    team = environ.team_of(within)
    require(actor, team, Permission.CHANGE_DRAFT)
    environ.check_scope(within, service)
    environments = environ.locked(within)
    before = environ.plain(environ.rows(within, service))
    if seen is not None:
        _refuse_stale(seen, before, values)
    errors = _errors(within, service, values)
    if errors:
        raise Invalid(errors)
    _replace(within, service, values)
    environ.check_room(environments, "variables")
    if before != dict(values):
        about = service or within
        audit.record(actor, "set variables", about, team=team, before=before, after=values)
    return [row for row in environ.rows(within, service) if not row.secret]


def validate_variables(
    actor: Actor, within: Within, service: Service | None, values: Mapping[str, str]
) -> Errors:
    """What `set_variables` would object to, but for the room; nothing is changed."""
    require(actor, environ.team_of(within), Permission.CHANGE_DRAFT)
    environ.check_scope(within, service)
    return _errors(within, service, values)


def _replace(within: Within, service: Service | None, values: Mapping[str, str]) -> None:
    where = environ.where(within, service)
    scope = Variable.objects.filter(**where, secret=False)
    scope.exclude(name__in=values).delete()
    kept = set(scope.values_list("name", flat=True))
    for name in kept:
        scope.filter(name=name).exclude(value=values[name]).update(value=values[name])
    Variable.objects.bulk_create(
        Variable(**where, name=name, value=value)
        for name, value in values.items()
        if name not in kept
    )


def _refuse_stale(
    seen: Mapping[str, object], now: Mapping[str, object], values: Mapping[str, object]
) -> None:
    """What is not there is None: to leave out what somebody added would undo it."""
    names = {*seen, *now, *values}
    refuse_stale(
        *({f"variables.{name}": each.get(name) for name in names} for each in (seen, now, values))
    )


def _errors(within: Within, service: Service | None, values: Mapping[str, str]) -> Errors:
    return variable_errors(
        values,
        links=environ.link_names(within, service),
        secrets=environ.secret_names(environ.rows(within, service)),
        merged=_merged(within, service, values),
    )


def _merged(
    within: Within, service: Service | None, values: Mapping[str, str]
) -> list[dict[str, str]]:
    """The whole sets of values in which these will stand, the more specific one winning."""
    found = []
    for environment in within.environments.all() if isinstance(within, App) else [within]:
        scopes = environ.by_scope(environment)
        for each in [service] if service is not None else environment.services.all():
            layers = [environ.plain(rows) for rows in scopes.of(each)]
            layers[_layer(within, service)] = dict(values)
            found.append({name: value for layer in layers for name, value in layer.items()})
    return found


def _layer(within: Within, service: Service | None) -> int:
    """The place of a scope among those of `Scopes.of`."""
    if service is not None:
        return 2
    return 0 if isinstance(within, App) else 1
