from __future__ import annotations

from dataclasses import astuple

from jobs.document import Document, ResourceDoc, ServiceDoc
from jobs.document.types import ALONE
from jobs.specs.names import ONE_JOB
from platform_admin.models import Deployment, Quota, Reservation, Service
from platform_admin.rules.quota import shortage, surge_room
from platform_admin.verbs.quota import limits_of
from platform_admin.verbs.reservations import one_of_each, others_of, size, summed

NEVER_TWO = frozenset({*ALONE, *ONE_JOB})
"""The kinds of which a deployment never runs two, so that they need no surge."""


def room(service: Service) -> int:
    """How many instances of the service fit beside what the team's others have reserved.

    Surge included; a smaller quota may leave less than it has.
    """
    quota = Quota.objects.get(team=service.environment.app.team)
    own = Reservation.objects.get(service=service)
    others = others_of(quota, own)
    limits = limits_of(quota)
    in_all_of_it = limits.use + surge_room(limits, one_of_each([*others, own]))
    taken = summed(others, lambda row: row.instances)
    figures = zip(astuple(in_all_of_it), astuple(taken), astuple(size(own)), strict=True)
    fits: list[int] = [(limit - used) // each for limit, used, each in figures if each]
    return max(0, min(fits))


def never_fits(deployment: Deployment, document: Document) -> str | None:
    """Why a deployment can not run even if nothing else of the team rolls; None where it can.

    Its services, and the environment's resources, count at the larger of what they have and
    what the document gives them. Runs do not count: they end.
    """
    quota = Quota.objects.get(team=deployment.environment.app.team)
    names = dict(deployment.services.values_list("pk", "name"))
    resources = dict(deployment.environment.resources.values_list("pk", "name"))
    rows = [row for row in others_of(quota, None) if row.run_id is None]
    touched = [row for row in rows if row.service_id in names]
    for row in touched:
        _grow(row, document.service(names[row.service_id or 0]))
    for row in rows:
        if row.resource_id in resources:
            _grow(row, document.resource(resources[row.resource_id]))
    desired = summed(rows, lambda row: row.desired)
    with_surge = [
        row for row in touched if _has_surge(document.service(names[row.service_id or 0]))
    ]
    reserved = sum((size(row) for row in with_surge), desired)
    limits = limits_of(quota)
    return shortage(limits, surge_room(limits, one_of_each(rows)), desired, reserved)


def _has_surge(doc: ServiceDoc | None) -> bool:
    return doc is None or doc.kind not in NEVER_TWO


def _grow(row: Reservation, doc: ServiceDoc | ResourceDoc | None) -> None:
    if doc is not None:
        row.cpu_mhz = max(row.cpu_mhz, doc.cpu_mhz)
        row.memory_mb = max(row.memory_mb, doc.memory_mb)
