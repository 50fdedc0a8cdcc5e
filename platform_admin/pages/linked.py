"""Who is linked to a resource: what each gets, and whether it runs with what was given before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q

from platform_admin.models import Deployment, Link, Resource
from platform_admin.rules.postgres import CONNECTIONS, DATABASE, Reach, crowded
from platform_admin.verbs.links import has_databases


@dataclass(frozen=True)
class Linked:
    """A link to a resource; `old`: its service runs, and began before the resource changed."""

    link: Link
    database: str
    old: bool = False


def linked(resource: Resource) -> list[Linked]:
    """The links of the draft, in the order of services and variables."""
    links = resource.links.select_related("service").order_by("service__name", "variable")
    begun = _begun(resource)
    usual = DATABASE if has_databases(resource) else ""
    return [
        Linked(link, link.database or usual, _old(resource, begun.get(link.service_id)))
        for link in links
    ]


def connections_hint(resource: Resource) -> str:
    """Whether the linked services together could want more connections than there are."""
    if resource.kind != Resource.Kind.POSTGRES or resource.external:
        return ""
    services = {link.service.pk: link.service for link in resource.links.select_related("service")}
    reaches = [Reach(each.name, each.maximum) for each in services.values()]
    reaches.sort(key=lambda reach: reach.service)
    return crowded(reaches, resource.max_connections or CONNECTIONS)


def _old(resource: Resource, begun: datetime | None) -> bool:
    return bool(begun and resource.changed_at and begun < resource.changed_at)


def _begun(resource: Resource) -> dict[int, datetime]:
    """When the last deployment of each linked service that succeeded began to read values."""
    rows = Deployment.objects.filter(
        Q(state=Deployment.State.SUCCEEDED), services__links__to_resource=resource
    ).values_list("services", Max("started_at"))
    return {service: begun for service, begun in rows if service is not None and begun}
