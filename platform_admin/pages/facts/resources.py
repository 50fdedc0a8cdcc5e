"""What each resource is, and where it listens."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from platform_admin.models import Environment, Instance, Resource
from platform_admin.rules.checklist.facts import ResourceFacts


def resources(environment: Environment) -> QuerySet[Resource]:
    """The draft's resources in the order of names."""
    return environment.resources.order_by("name")


def resource(row: Resource, instances: Sequence[Instance]) -> ResourceFacts:
    """The facts of one resource, of the environment's instances."""
    if row.external:
        answers = row.probed_at is not None and not row.probe_error
        address = f"{row.address}:{row.port}" if row.address else ""
        known = (row.name, row.kind, row.slug, row.port)
        return ResourceFacts(*known, placed=True, healthy=answers, address=address)
    own = [each for each in instances if each.resource_id == row.pk]
    addresses = (f"{each.address}:{each.port}" for each in own if each.address and each.port)
    return ResourceFacts(
        name=row.name,
        kind=row.kind,
        slug=row.slug,
        port=row.port,
        placed=row.placed_memory_mb > 0,
        healthy=any(each.healthy and not each.draining for each in own),
        address=next(addresses, ""),
    )
