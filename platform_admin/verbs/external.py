"""Resources that run elsewhere: Muster knows how they are reached, and looks whether they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone

from jobs.resources import KINDS
from platform_admin.models import Credential, Database, Deployment, Environment, Resource, Team
from platform_admin.rules.fields import LARGEST_PORT, Errors, Found, collected, name_error
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.credentials import password, set_password
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.locks import locked_environment
from platform_admin.verbs.logins import today
from platform_admin.verbs.reached import reached
from platform_admin.verbs.scope import require
from platform_admin.verbs.slugs import take_slug, taken_names

HOST_LENGTH = 253
TEXT_LENGTH = 63
PASSWORD_LENGTH = 200
USER_NEEDED = "A user is needed: the login that services enter as."
PASSWORD_NEEDED = "A password is needed: it is sealed and never shown."  # noqa: S105 a sentence
_HOST = re.compile(r"[A-Za-z0-9._:-]+")


@dataclass(frozen=True)
class External:
    """How a server elsewhere is entered; of a postgres also which database."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    database: str = ""


def register_external(
    actor: Actor, environment: Environment, *, name: str, kind: str, given: External
) -> Resource:
    """The new resource; services get what was given by links, once it answers.

    Invalid: name, kind, host, port, user, password, database.
    """
    require(actor, environment.app.team, Permission.CHANGE_DRAFT)
    errors = [
        ("name", name_error(name, taken_names(environment))),
        ("kind", None if kind in KINDS else f"{kind!r} is no kind of resource."),
        *_errors(kind, given),
    ]
    address = _checked(errors, given)
    return _registered(actor, environment, name, kind, given, address)


def change_external(actor: Actor, resource: Resource, given: External) -> Resource:
    """The resource, entered in another way; an empty password leaves the one that is there.

    What runs keeps what it got. Invalid: host, port, user, password, database.
    """
    require(actor, _team(resource), Permission.CHANGE_DRAFT)
    if not resource.external:
        said = f"{resource.name} is run by Muster, which chooses its address: change its size."
        raise Invalid({"host": [said]})
    address = _checked([*_errors(resource.kind, given, new=False)], given)
    return _changed(actor, resource, given, address)


def _checked(errors: list[tuple[str, str | None]], given: External) -> str:
    """The address of the host. It is looked up outside a transaction: names can be slow."""
    found = collected(errors)
    if found:
        raise Invalid(found)
    return reached(given.host, given.port)


@transaction.atomic
def _registered(
    actor: Actor, environment: Environment, name: str, kind: str, given: External, address: str
) -> Resource:
    environment = locked_environment(environment)
    resource = Resource(
        environment=environment,
        cell=environment.cell,
        name=name,
        slug_row=take_slug(environment, name),
        kind=kind,
        external=True,
        port=given.port,
        host=given.host,
        address=address,
    )
    resource.save(force_insert=True)
    set_password(resource, given.user or KINDS[kind].user, given.password)
    _set_database(resource, given.database)
    after = _row(resource, given)
    audit.record(actor, "register resource", resource, team=_team(resource), after=after)
    return resource


@transaction.atomic
def _changed(actor: Actor, resource: Resource, given: External, address: str) -> Resource:
    locked_environment(resource.environment)
    resource = Resource.objects.select_related("environment__app__team").get(pk=resource.pk)
    _refuse_rotating(resource)
    before = how(resource)
    resource.host, resource.port, resource.address = given.host, given.port, address
    resource.changed_at, resource.probed_at = timezone.now(), None
    resource.save(update_fields=["host", "port", "address", "changed_at", "probed_at"])
    user = given.user or before.user
    resource.credentials.all().delete()
    set_password(resource, user, given.password or before.password)
    _set_database(resource, given.database)
    audit.record(
        actor,
        "change external resource",
        resource,
        team=_team(resource),
        before=_row(resource, before),
        after=_row(resource, given) | {"password": "changed" if given.password else "kept"},
    )
    return resource


def how(resource: Resource, login: Credential | None = None) -> External:
    """How it is entered, with its password: for the cluster's Variables and the probe alone.

    By today's login, or this one. ObjectDoesNotExist without one, SealError where its password
    does not open. All is read whole, so that it may be read ahead for many.
    """
    row = login or today(resource, "")
    if row is None:
        raise ObjectDoesNotExist(f"{resource} has no login")
    database = next(iter(resource.databases.all()), None)
    return External(
        resource.host,
        resource.port,
        row.user,
        password(row),
        database.name if database else "",
    )


def _refuse_rotating(resource: Resource) -> None:
    """Raises Invalid while another login of it is on its way."""
    moving = Deployment.objects.filter(rotations__resource=resource)
    first = moving.exclude(state__in=Deployment.ENDED).order_by("number").first()
    if first is not None:
        said = (
            f"Its login is being rotated by deployment {first.number}: wait for its end, or cancel"
            " it."
        )
        raise Invalid({"user": [said]})


def _set_database(resource: Resource, name: str) -> None:
    if name:
        resource.databases.exclude(name=name).delete()
        Database.objects.get_or_create(resource=resource, name=name)


def _errors(kind: str, given: External, *, new: bool = True) -> Found:
    yield "host", _host(given.host)
    if not 1 <= given.port <= LARGEST_PORT:
        yield "port", f"{given.port} is no port: use a number from 1 to {LARGEST_PORT}."
    yield from _login_texts(given.user, given.password)
    databases = kind in KINDS and KINDS[kind].databases
    if databases:
        if not given.user:
            yield "user", USER_NEEDED
        if new and not given.password:
            yield "password", PASSWORD_NEEDED
        if not given.database:
            yield "database", "A database is needed: the one that links lead into."
    elif given.database:
        yield "database", f"A {kind} has no databases by name: leave it empty."
    yield "database", _text("database", given.database, TEXT_LENGTH)


def login_errors(user: str, password: str) -> Errors:
    """What is wrong with another login of a server elsewhere, by field; empty if nothing is."""
    found = [
        *_login_texts(user, password),
        ("user", None if user else USER_NEEDED),
        ("password", None if password else PASSWORD_NEEDED),
    ]
    return collected(found)


def _login_texts(user: str, password: str) -> Found:
    yield "user", _text("user", user, TEXT_LENGTH)
    yield "password", _text("password", password, PASSWORD_LENGTH)


def _host(host: str) -> str | None:
    if not host:
        return "A host is needed, such as db.example.com: a name or an address."
    if len(host) > HOST_LENGTH or not _HOST.fullmatch(host):
        return f"{host!r} is no host: write a name or an address, without a scheme or a port."
    return None


def _text(what: str, found: str, longest: int) -> str | None:
    if len(found) > longest:
        return f"The {what} has {len(found)} characters: shorten it to {longest} or fewer."
    if not found.isprintable():
        return f"The {what} has characters that can not be typed: remove them."
    return None


def _team(resource: Resource) -> Team:
    return resource.environment.app.team


def _row(resource: Resource, given: External) -> dict[str, object]:
    """The row for the audit: never the password."""
    return {
        "name": resource.name,
        "kind": resource.kind,
        "host": given.host,
        "port": given.port,
        "user": given.user,
        "database": given.database,
    }
