from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from platform_admin.models import Environment, SecretVersion, Service, Variable
from platform_admin.rules.permissions import Permission
from platform_admin.rules.variables import variable_errors
from platform_admin.verbs import audit, environ
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.locks import locked_environment
from platform_admin.verbs.scope import require
from platform_admin.verbs.secrets import remove_secret, secret_value, set_secret
from platform_admin.verbs.stale import refuse_stale

__all__ = ["SecretVersion", "remove_secret", "secret_value", "set_secret", "set_variables"]


@transaction.atomic
def set_variables(
    actor: Actor,
    environment: Environment,
    service: Service | None,
    values: Mapping[str, str],
    *,
    seen: Mapping[str, object] | None = None,
) -> list[Variable]:
    """The plain variables of this scope, exactly these; secrets stay.

    Invalid by `variables.<name>`, and by `variables` where all together do not fit. Stale by
    `variables.<name>` where somebody set, added or removed one since all of them were `seen`.
    """
    team = environment.app.team
    require(actor, team, Permission.CHANGE_DRAFT)
    environ.check_scope(environment, service)
    environment = locked_environment(environment)
    before = environ.plain(environ.rows(environment, service))
    if seen is not None:
        _refuse_stale(seen, before, values)
    _refuse(environment, service, values)
    _replace(environment, service, values)
    environ.check_room(environment, "variables")
    if before != dict(values):
        about = service or environment
        audit.record(actor, "set variables", about, team=team, before=before, after=values)
    return [row for row in environ.rows(environment, service) if not row.secret]


def _replace(environment: Environment, service: Service | None, values: Mapping[str, str]) -> None:
    scope = Variable.objects.filter(environment=environment, service=service, secret=False)
    scope.exclude(name__in=values).delete()
    kept = set(scope.values_list("name", flat=True))
    for name in kept:
        scope.filter(name=name).exclude(value=values[name]).update(value=values[name])
    Variable.objects.bulk_create(
        Variable(environment=environment, service=service, name=name, value=value)
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


def _refuse(environment: Environment, service: Service | None, values: Mapping[str, str]) -> None:
    errors = variable_errors(
        values,
        links=environ.link_names(environment, service),
        secrets=environ.secret_names(environ.rows(environment, service)),
        merged=_merged(environment, service, values),
    )
    if errors:
        raise Invalid(errors)


def _merged(
    environment: Environment, service: Service | None, values: Mapping[str, str]
) -> list[dict[str, str]]:
    """The whole sets of values in which these will stand, the more specific one winning."""
    if service is not None:
        return [{**environ.plain(environ.rows(environment, None)), **values}]
    services = environment.services.all()
    return [{**values, **environ.plain(environ.rows(environment, each))} for each in services]
