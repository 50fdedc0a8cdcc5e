"""The rows of a service's links: a variable, and what it gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

from platform_admin.models import Environment, Link, Service
from platform_admin.verbs.links import LinkFields, service_properties

EMPTY_ROWS = 2
RESOURCE_PROPERTIES = ("url", "host", "port", "user", "password")


@dataclass(frozen=True)
class LinkRow:
    """One row as typed; `source` is `<target>:<property>`, both empty in a spare row."""

    variable: str = ""
    source: str = ""
    errors: tuple[str, ...] = ()

    @property
    def used(self) -> bool:
        return bool(self.variable or self.source)

    def fields(self) -> LinkFields:
        """The row for the verb."""
        target, _, property_ = self.source.partition(":")
        return LinkFields(self.variable, target, property_ or "url")


@dataclass(frozen=True)
class Choice:
    """A property that a link may give: `store:url`, shown as "store · url"."""

    value: str
    label: str


def typed(data: QueryDict) -> list[LinkRow]:
    """The rows that were typed; those left empty are not there."""
    pairs = zip(data.getlist("link_variable"), data.getlist("link_source"), strict=False)
    rows = [LinkRow(variable.strip(), source) for variable, source in pairs]
    return [row for row in rows if row.used]


def stored(links: Iterable[Link]) -> list[LinkRow]:
    """The rows of a service's links in the draft."""
    return [LinkRow(link.variable, f"{link.target}:{link.property}") for link in links]


def with_spare(rows: Sequence[LinkRow]) -> list[LinkRow]:
    """The rows and some empty ones to type into."""
    return [*rows, *(LinkRow() for _ in range(EMPTY_ROWS))]


def blamed(
    rows: Sequence[LinkRow], errors: Mapping[str, Sequence[str]]
) -> tuple[list[LinkRow], dict[str, list[str]]]:
    """The rows with the errors `links.<index>.<part>` at them, and the errors of other fields."""
    at: dict[int, list[str]] = {}
    others: dict[str, list[str]] = {}
    for name, sentences in errors.items():
        first, _, rest = name.partition(".")
        index = rest.partition(".")[0]
        if first == "links" and index.isdigit() and int(index) < len(rows):
            at.setdefault(int(index), []).extend(sentences)
        else:
            others[name] = list(sentences)
    return [replace(row, errors=tuple(at.get(i, ()))) for i, row in enumerate(rows)], others


def choices(environment: Environment, service: Service | None) -> list[Choice]:
    """What a link of this service may give: resources first, then the services with a port."""
    resources = environment.resources.order_by("name")
    callees = environment.services.filter(port__isnull=False).order_by("name")
    if service is not None:
        callees = callees.exclude(pk=service.pk)
    names: list[tuple[str, tuple[str, ...]]]
    names = [(resource.name, RESOURCE_PROPERTIES) for resource in resources]
    names += [(callee.name, service_properties(callee.protocol)) for callee in callees]
    return [
        Choice(f"{name}:{property_}", f"{name} · {property_}")
        for name, properties in names
        for property_ in properties
    ]
