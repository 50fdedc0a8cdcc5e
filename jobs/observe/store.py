"""The table of what runs: written only where something changed, swept of what Nomad forgot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from jobs.observe.seen import Known, Seen
from jobs.specs import names
from platform_admin.models import Cell, Colour, Environment, Instance, Resource
from platform_admin.rules.rollout import Colour as ColourName
from platform_admin.verbs.policies import note_start_ups

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
    "ready_after_s",
    "last_event",
)


def known_jobs(cell: Cell) -> dict[tuple[str, str], Known]:
    """The jobs of a cell's services and resources, by namespace and job id."""
    colours = (
        Colour.objects.filter(service__environment__cell=cell)
        .select_related("release", "service__environment__app__team")
        .defer("job", "release__document")
    )
    found = {_key(c.service.environment, _job(c)): _of(c) for c in colours}
    resources = Resource.objects.filter(cell=cell).select_related("environment__app__team")
    for resource in resources:
        found[_key(resource.environment, resource.slug)] = Known(
            resource.environment_id, None, resource.pk, "", None, has_port=True
        )
    return found


def _key(environment: Environment, job_id: str) -> tuple[str, str]:
    return environment.app.team.namespace, job_id


def _job(colour: Colour) -> str:
    return names.job_id(colour.service.slug, cast(ColourName, colour.colour))


def _of(colour: Colour) -> Known:
    service = colour.service
    number = colour.release.number if colour.release else None
    return Known(service.environment_id, service.pk, None, colour.colour, number, service.has_port)


def store(cell: Cell, found: Iterable[Seen], at: datetime) -> None:
    """Bring the table to what was seen; an instance keeps the release it was first seen with."""
    present = {row.allocation: row for row in Instance.objects.filter(cell=cell)}
    rows = {s.allocation.id: _row(cell, s, at, present.get(s.allocation.id)) for s in found}
    new = [row for key, row in rows.items() if key not in present]
    changed = [row for key, row in rows.items() if key in present and _moved(present[key], row)]
    for row in changed:
        row.pk = present[row.allocation].pk
    Instance.objects.bulk_create(new)
    Instance.objects.bulk_update(changed, [*FIELDS, "seen_at"])
    note_start_ups(_start_up(present[row.allocation], row) for row in changed)
    gone = [row.pk for key, row in present.items() if key not in rows]
    Instance.objects.filter(pk__in=gone).delete()


def _moved(before: Instance, after: Instance) -> bool:
    return any(getattr(before, field) != getattr(after, field) for field in FIELDS)


def _start_up(before: Instance, after: Instance) -> tuple[int | None, float | None]:
    """The instance's service and start-up in seconds, None unless the observer saw it end."""
    fresh = before.ready_after_s is None and after.restarts == 0
    return after.service_id, after.ready_after_s if fresh else None


def _row(cell: Cell, seen: Seen, at: datetime, before: Instance | None) -> Instance:
    known, allocation = seen.known, seen.allocation
    ready_after_s = before.ready_after_s if before else None
    if ready_after_s is None and seen.healthy:
        ready_after_s = max(at.timestamp() - allocation.create_time_ns / 1e9, 0.0)
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
        node=allocation.node,
        address=allocation.address,
        port=seen.port,
        desired_status=allocation.desired_status,
        client_status=allocation.client_status,
        healthy=seen.healthy,
        draining=allocation.draining,
        ended=allocation.terminal,
        restarts=allocation.task.restarts if allocation.task else 0,
        started_at=seen.started_at,
        ready_after_s=ready_after_s,
        last_event=seen.last_event,
        seen_at=at,
    )
