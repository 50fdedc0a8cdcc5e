"""What a service finds in its environment: each name once, with where its value comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from jobs.document import ServiceDoc
from platform_admin.models import Service, Variable
from platform_admin.pages.owner import Owner
from platform_admin.pages.restarts import differs, link_differs
from platform_admin.verbs import environ
from platform_admin.verbs.drafts import scope_of
from platform_admin.verbs.live import live_doc

SHOWN = 40
SOURCES = {"app": "the app", "environment": "the environment", "service": "this service"}


@dataclass(frozen=True)
class Effective:
    """A name with its value, "" for a secret's, where it comes from, and what that hides.

    `waits`: what is live has something else, so the next release restarts the service.
    """

    name: str
    value: str
    secret: bool
    source: str
    url: str
    hides: tuple[str, ...] = ()
    waits: bool = False


def effective(service: Service) -> list[Effective]:
    """What the draft gives the service, in the order of names: links, then own values win."""
    scopes, live = environ.by_scope(service.environment), live_doc(service)
    by_name: dict[str, list[Variable]] = {}
    for rows in scopes.of(service):
        for row in rows:
            by_name.setdefault(row.name, []).append(row)
    found = [*_links(service, by_name, live), *_variables(service, by_name, live)]
    return sorted(found, key=lambda each: each.name)


def _links(
    service: Service, by_name: dict[str, list[Variable]], live: ServiceDoc | None
) -> Iterable[Effective]:
    environment = service.environment
    address = [environment.app.slug, environment.slug, service.name]
    for link in service.links.select_related("to_service", "to_resource"):
        hidden = by_name.pop(link.variable, [])
        yield Effective(
            name=link.variable,
            value=f"{link.target} · {link.property}",
            secret=False,
            source="a link",
            url=f"{reverse('service_settings', args=address)}#links",
            hides=_said(hidden),
            waits=link_differs(live, link),
        )


def _variables(
    service: Service, by_name: dict[str, list[Variable]], live: ServiceDoc | None
) -> Iterable[Effective]:
    for name, (*hidden, row) in by_name.items():
        yield Effective(
            name=name,
            value=row.value,
            secret=row.secret,
            source=SOURCES[scope_of(row)],
            url=Owner(row.within, row.service).url(),
            hides=_said(hidden),
            waits=differs(live, row, service.environment),
        )


def _said(hidden: list[Variable]) -> tuple[str, ...]:
    """The values that do not count, the most specific first; a secret's is not said."""
    return tuple(
        f"{SOURCES[scope_of(row)]}’s secret"
        if row.secret
        else f"{SOURCES[scope_of(row)]}’s “{row.value[:SHOWN]}”"
        for row in reversed(hidden)
    )
