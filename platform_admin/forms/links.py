"""The rows of a service's links: a variable, and what it gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

from platform_admin.models import Environment, Link, Resource, Service
from platform_admin.rules.postgres import DATABASE
from platform_admin.verbs.links import LinkFields, has_databases, properties_of

EMPTY_ROWS = 2
OF_A_DATABASE = ("url", "database")
"""What differs from one database of a postgres to the next."""


@dataclass(frozen=True)
class LinkRow:
    """One row as typed; `source` is `<target>[/<database>]:<property>`, both empty in a spare."""

    variable: str = ""
    source: str = ""
    errors: tuple[str, ...] = ()

    @property
    def used(self) -> bool:
        return bool(self.variable or self.source)

    def fields(self) -> LinkFields:
        """The row for the verb."""
        place, _, property_ = self.source.partition(":")
        target, _, database = place.partition("/")
        return LinkFields(self.variable, target, property_ or "url", database)


@dataclass(frozen=True)
class Choice:
    """A property that a link may give: `store:url`, shown as "store · url".

    In a database of a postgres: `store/app:url`.
    """

    value: str
    label: str


def typed(data: QueryDict) -> list[LinkRow]:
    """The rows that were typed; those left empty are not there."""
    pairs = zip(data.getlist("link_variable"), data.getlist("link_source"), strict=False)
    rows = [LinkRow(variable.strip(), source) for variable, source in pairs]
    return [row for row in rows if row.used]


def stored(links: Iterable[Link]) -> list[LinkRow]:
    """The rows of a service's links in the draft."""
    return [LinkRow(link.variable, _source(link)) for link in links]


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
    resources = environment.resources.filter(deletion__isnull=True).order_by("name")
    staying = environment.services.filter(port__isnull=False, deletion__isnull=True)
    callees = staying.order_by("name")
    if service is not None:
        callees = callees.exclude(pk=service.pk)
    targets: list[Resource | Service] = [*resources, *callees]
    return [choice for target in targets for choice in _of(target)]


def _of(target: Resource | Service) -> Iterable[Choice]:
    """What a link to it may give, for each of its databases where there are some."""
    several = sorted(_databases(target)) if has_databases(target) else []
    for name in properties_of(target):
        if several and name in OF_A_DATABASE:
            for database in several:
                place = f"{target.name}/{database}"
                yield Choice(f"{place}:{name}", f"{target.name} · {database} · {name}")
        else:
            yield Choice(f"{target.name}:{name}", f"{target.name} · {name}")


def _databases(target: Resource | Service) -> set[str]:
    """Those that are there, or that a link names already; and the usual one."""
    assert isinstance(target, Resource)
    made = target.databases.values_list("name", flat=True)
    named = target.links.exclude(database="").values_list("database", flat=True)
    return {DATABASE, *made, *named}


def _source(link: Link) -> str:
    """The link as its row's choice says it."""
    database = link.database
    if link.to_resource and link.property in OF_A_DATABASE and has_databases(link.to_resource):
        database = database or DATABASE
    place = f"{link.target}/{database}" if database else link.target
    return f"{place}:{link.property}"
