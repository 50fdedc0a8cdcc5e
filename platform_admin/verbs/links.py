from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from jobs.document.types import PUBLIC
from jobs.resources import KINDS
from platform_admin.models import Environment, Link, Resource, Service
from platform_admin.rules.fields import Errors, Found, collected
from platform_admin.rules.names import variable_name_error
from platform_admin.rules.permissions import Permission
from platform_admin.rules.postgres import database_error
from platform_admin.verbs import audit, environ
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.locks import locked_environment
from platform_admin.verbs.scope import require
from platform_admin.verbs.stale import refuse_stale

SERVICE_PROPERTIES = ("url", "internal_url", "host", "port")
PUBLIC_PROPERTIES = (*SERVICE_PROPERTIES, "public_url")
TCP_PROPERTIES = ("host", "srv")


@dataclass(frozen=True)
class LinkFields:
    """A variable that gets a property of the environment's service or resource `target`.

    `database`: in which database of a postgres that Muster runs, "" for the usual one.
    """

    variable: str
    target: str
    property: str = "url"
    database: str = ""

    # The field of that name hides the decorator in here.
    @builtins.property
    def said(self) -> str:
        """What it leads to, as one word for people."""
        return _said_of(self.target, self.database, self.property)


@transaction.atomic
def set_links(
    actor: Actor,
    service: Service,
    links: Sequence[LinkFields],
    *,
    seen: Mapping[str, object] | None = None,
) -> list[Link]:
    """The service's links, exactly these.

    Invalid by `links.<index>.<variable, target, property or database>`, index from 0; Stale where
    somebody changed the `links` since they were `seen`.
    """
    team = service.environment.app.team
    require(actor, team, Permission.CHANGE_DRAFT)
    environment = locked_environment(service.environment)
    before = _row(service)
    given = {fields.variable: fields.said for fields in links}
    refuse_stale(seen, {"links": _said(before)}, {"links": _said(given)})
    errors = _link_errors(environment, service, links)
    if errors:
        raise Invalid(errors)
    service.links.all().delete()
    Link.objects.bulk_create(_link(environment, service, fields) for fields in links)
    environ.check_room([environment], "links")
    after = _row(service)
    if after != before:
        audit.record(actor, "set links", service, team=team, before=before, after=after)
    return list(service.links.order_by("variable"))


def validate_links(
    actor: Actor, environment: Environment, service: Service | None, links: Sequence[LinkFields]
) -> Errors:
    """What `set_links` would object to; `service` is None while it is not there yet."""
    require(actor, environment.app.team, Permission.CHANGE_DRAFT)
    return _link_errors(environment, service, links)


def _link_errors(
    environment: Environment, service: Service | None, links: Sequence[LinkFields]
) -> Errors:
    targets = _targets(environment)
    taken = set(environ.merged(environment, service))
    return collected(
        (f"links.{index}.{field}", sentence)
        for index, fields in enumerate(links)
        for field, sentence in (
            *_variable_errors(fields.variable, links[:index], taken),
            *_target_errors(service, fields, targets),
        )
    )


def _variable_errors(variable: str, above: Sequence[LinkFields], taken: set[str]) -> Found:
    yield "variable", variable_name_error(variable)
    if variable in taken:
        yield "variable", f"A variable or secret is called {variable} too: rename one of them."
    if any(fields.variable == variable for fields in above):
        yield "variable", f"{variable} stands twice: keep one of them."


def _target_errors(
    service: Service | None, fields: LinkFields, targets: dict[str, Service | Resource]
) -> Found:
    target = targets.get(fields.target)
    if target is None:
        yield "target", _nothing(fields.target, targets)
    elif service is not None and target == service:
        yield "target", f"{service.name} can not have a link to itself: choose another."
    elif isinstance(target, Service) and not target.has_port:
        yield "target", f"{target.name} is a {target.kind}, which has no address: choose another."
    elif fields.property not in properties_of(target):
        known = ", ".join(properties_of(target))
        yield "property", f"{target.name} has no {fields.property!r}: choose one of {known}."
    elif fields.database and not has_databases(target):
        yield "database", f"{target.name} gives no choice of a database: leave it empty."
    elif fields.database:
        yield "database", database_error(fields.database)


def _nothing(name: str, targets: dict[str, Service | Resource]) -> str:
    if not name:
        return "The link leads nowhere: choose a service or resource."
    there = ", ".join(sorted(targets)) or "nothing yet"
    return f"There is no {name!r} in this environment: it has {there}."


def _targets(environment: Environment) -> dict[str, Service | Resource]:
    """What a link may lead to, by name: nothing that is being deleted."""
    services = environment.services.filter(deletion__isnull=True)
    found: dict[str, Service | Resource] = {row.name: row for row in services}
    return found | {row.name: row for row in environment.resources.filter(deletion__isnull=True)}


def properties_of(target: Service | Resource) -> tuple[str, ...]:
    """What a link to it can give, the usual one first; nothing of what can not be reached."""
    if isinstance(target, Service):
        return service_properties(target.kind, target.protocol) if target.has_port else ()
    return KINDS[target.kind].property_names


def service_properties(kind: str, protocol: str) -> tuple[str, ...]:
    """What a link to a service with a port can give, by its kind and protocol ("" is HTTP)."""
    if protocol == "tcp":
        return TCP_PROPERTIES
    return PUBLIC_PROPERTIES if kind in PUBLIC else SERVICE_PROPERTIES


def has_databases(target: Service | Resource) -> bool:
    """Whether a link to it may say in which database: Muster makes those that are named."""
    return isinstance(target, Resource) and not target.external and KINDS[target.kind].databases


def _link(environment: Environment, service: Service, fields: LinkFields) -> Link:
    target = _targets(environment)[fields.target]
    return Link(
        service=service,
        variable=fields.variable,
        to_service=target if isinstance(target, Service) else None,
        to_resource=target if isinstance(target, Resource) else None,
        property=fields.property,
        database=fields.database,
    )


def links_said(service: Service) -> str:
    """The service's links as one line, as a form shows and compares them."""
    return _said(_row(service))


def _said(row: Mapping[str, object]) -> str:
    return ", ".join(f"{name} = {row[name]}" for name in sorted(row))


def _row(service: Service) -> dict[str, object]:
    """The links for the audit."""
    links = service.links.select_related("to_service", "to_resource")
    return {link.variable: _said_of(link.target, link.database, link.property) for link in links}


def _said_of(target: str, database: str, name: str) -> str:
    return f"{target}/{database}.{name}" if database else f"{target}.{name}"
