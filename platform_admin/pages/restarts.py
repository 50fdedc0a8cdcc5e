"""What a change of variables would restart once it is released: nothing restarts before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jobs.document import SecretRef, ServiceDoc
from platform_admin.models import Environment, Link, Service, Variable
from platform_admin.pages.owner import Owner
from platform_admin.verbs import environ
from platform_admin.verbs.drafts import link_doc, secret_ref
from platform_admin.verbs.live import live_document


@dataclass(frozen=True)
class Restart:
    """A service that would get other values of these names than it runs with."""

    environment: Environment
    service: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Restarts:
    """The names that a change is about, and the services that would differ from what is live.

    `new` are those of which nothing is live: they begin with it.
    """

    names: tuple[str, ...] = ()
    live: tuple[Restart, ...] = ()
    new: tuple[Restart, ...] = ()


Wanted = str | SecretRef | None
Layer = Mapping[str, Wanted]
ANOTHER = SecretRef("service", 0)
"""A version of a secret that is still to be made, and so is live nowhere."""


def of_values(owner: Owner, values: Mapping[str, str]) -> Restarts:
    """What would differ with exactly these plain values."""
    stored = environ.plain(environ.rows(owner.within, owner.service))
    names = {name for name in {*stored, *values} if stored.get(name) != values.get(name)}

    def changed(layer: Layer) -> Layer:
        secrets = {name: ref for name, ref in layer.items() if isinstance(ref, SecretRef)}
        return {**secrets, **values}

    return _restarts(owner, names, changed)


def of_secret(owner: Owner, name: str) -> Restarts:
    """What would differ with a further version of this secret, there already or not."""
    names = {name} if name else set()
    return _restarts(owner, names, lambda layer: {**layer, name: ANOTHER})


def differs(doc: ServiceDoc | None, row: Variable, environment: Environment) -> bool:
    """Whether what is live of a service has something else for the variable than the draft."""
    return doc is not None and _wanted(row, environment) != _has(doc, row.name)


def link_differs(doc: ServiceDoc | None, link: Link) -> bool:
    """Whether what is live of a service has another link there, or none."""
    return doc is not None and link_doc(link) not in doc.links


def _restarts(owner: Owner, names: set[str], change: Callable[[Layer], Layer]) -> Restarts:
    live: list[Restart] = []
    new: list[Restart] = []
    for environment in owner.environments() if names else ():
        scopes, running = environ.by_scope(environment), live_document(environment)
        for service in owner.services(environment):
            doc = running.service(service.name)
            given = _given(scopes, service, environment, owner, change)
            linked = {link.variable for link in service.links.all()}
            found = [name for name in sorted(names - linked) if given.get(name) != _has(doc, name)]
            if found:
                where = new if doc is None else live
                where.append(Restart(environment, service.name, tuple(found)))
    return Restarts(tuple(sorted(names)), tuple(live), tuple(new))


def _given(
    scopes: environ.Scopes,
    service: Service,
    environment: Environment,
    owner: Owner,
    change: Callable[[Layer], Layer],
) -> Layer:
    """What the service would get by name, once the owner's own values are changed."""
    words = ("app", "environment", "service")
    merged: dict[str, Wanted] = {}
    for word, rows in zip(words, scopes.of(service), strict=True):
        layer: Layer = {row.name: _wanted(row, environment) for row in rows}
        merged.update(change(layer) if word == owner.word else layer)
    return merged


def _wanted(row: Variable, environment: Environment) -> Wanted:
    return secret_ref(row, environment) if row.secret else row.value


def _has(doc: ServiceDoc | None, name: str) -> Wanted:
    if doc is None:
        return None
    return doc.variables.get(name, doc.secrets.get(name))
