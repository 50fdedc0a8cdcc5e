"""The table of what runs: written only where something changed, swept of what Nomad forgot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from jobs.observe.seen import Known, Seen
from jobs.specs import names
from platform_admin.models import Cell, Colour, Environment, Instance, Resource
from platform_admin.rules.rollout import Colour as ColourName

FIELDS = (
    "node",
    "address",
    "port",
    "desired_status",
    "client_status",
    "healthy",
    "draining",
    "ended",
    "restarts",
    "started_at",
    "last_event",
)
_KNOWN = (
    "service__environment__app__team__namespace",
    "service__slug_row_id",
    "service__port",
    "colour",
    "service__environment_id",
    "service_id",
    "release__number",
)


def known_jobs(cell: Cell) -> dict[tuple[str, str], Known]:
    """The jobs of a cell's services and resources, by namespace and job id."""
    # Plain rows, here and in `store`: this runs every second, over all that there is.
    colours = Colour.objects.filter(service__environment__cell=cell).values_list(*_KNOWN)
    found = {}
    for namespace, slug, port, colour, *of in colours:
        environment, service, release = of
        job_id = names.job_id(slug, cast(ColourName, colour))
        found[namespace, job_id] = Known(
            environment, service, None, colour, release, has_port=port is not None
        )
    resources = Resource.objects.filter(cell=cell).select_related("environment__app__team")
    for resource in resources:
        found[_key(resource.environment, resource.slug)] = Known(
            resource.environment_id, None, resource.pk, "", None, has_port=True
        )
    return found


def _key(environment: Environment, job_id: str) -> tuple[str, str]:
    return environment.app.team.namespace, job_id


def store(cell: Cell, found: Iterable[Seen], at: datetime) -> None:
    """Bring the table to what was seen; an instance keeps the release it was first seen with."""
    listed = Instance.objects.filter(cell=cell).values_list("allocation", "pk", *FIELDS)
    present = {key: (pk, tuple(fields)) for key, pk, *fields in listed}
    by_id = {seen.allocation.id: seen for seen in found}
    # One statement for those that came and those that changed; Django's bulk_update takes
    # 7 ms a row.
    Instance.objects.bulk_create(
        (
            _row(cell, seen, at)
            for key, seen in by_id.items()
            if key not in present or present[key][1] != _fields(seen)
        ),
        update_conflicts=True,
        unique_fields=["allocation"],
        update_fields=[*FIELDS, "seen_at"],
    )
    gone = [pk for key, (pk, _) in present.items() if key not in by_id]
    Instance.objects.filter(pk__in=gone).delete()


def _fields(seen: Seen) -> tuple[object, ...]:
    """What may change of an instance, in the order of FIELDS."""
    allocation = seen.allocation
    return (
        allocation.node,
        allocation.address,
        seen.port,
        allocation.desired_status,
        allocation.client_status,
        seen.healthy,
        allocation.draining,
        allocation.terminal,
        allocation.task.restarts if allocation.task else 0,
        seen.started_at,
        seen.last_event,
    )


def _row(cell: Cell, seen: Seen, at: datetime) -> Instance:
    known, allocation = seen.known, seen.allocation
    return Instance(
        allocation=allocation.id,
        cell=cell,
        environment_id=known.environment,
        service_id=known.service,
        resource_id=known.resource,
        job=allocation.job_id,
        colour=known.colour,
        number=allocation.alloc_index,
        release=known.release,
        seen_at=at,
        **dict(zip(FIELDS, _fields(seen), strict=True)),
    )
