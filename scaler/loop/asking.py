"""Whom a sample asks about what: the services of a cell, and where their queues are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from jobs.document.types import SCALED
from platform_admin.models import SHARDS, Credential, Instance, Link, Resource, Service
from platform_admin.rules.sealed import SealError
from platform_admin.verbs.credentials import password
from scaler.loop.limits import limits, series
from scaler.loop.standing import standing
from scaler.rules.arrays import Floats, Ints
from scaler.samples import ticks
from scaler.sources import Asked, Queue, Server

_COLUMNS = (
    *("pk", "slug_row_id", "kind", "environment__app__team_id", "policy__queue"),
    *("policy__guard_s", "policy__start_up_s"),
)
_CREDENTIAL = ("resource_id", "pk", "user", "key_id", "sealed")


@dataclass(frozen=True)
class Cellful:
    """The services of a cell, ascending (n,), the number of each one's shard, and the question.

    `standing`: series of what Muster itself knows of them.
    """

    services: Ints
    shards: Ints
    standing: Mapping[str, Floats]
    asked: Asked


def cellful(cell: int, now: float) -> Cellful:
    """What is asked about a cell at `now`, in a few queries however many services it has."""
    own = Service.objects.filter(environment__cell=cell, kind__in=SCALED, deletion__isnull=True)
    rows = list(own.order_by("pk").values_list(*_COLUMNS))
    named = {row[0]: row[4] for row in rows if row[4]}
    servers = _servers(cell) if named else {}
    queues = [Queue(servers.get(row[0]), row[4]) if row[4] else None for row in rows]
    services = np.array([row[0] for row in rows], dtype=np.int64)
    return Cellful(
        services=services,
        shards=np.array([row[3] % SHARDS for row in rows], dtype=np.int64),
        standing=standing(own, now)
        | series(limits(services), np.array([row[6] for row in rows], dtype=np.float64)),
        asked=Asked(
            cell=cell,
            now=now,
            slugs=tuple(row[1] for row in rows),
            kinds=tuple(row[2] for row in rows),
            queues=tuple(queues),
            service_s=tuple(ticks.last(cell, "service_s", services).tolist()) if named else (),
            guarded=tuple(row[5] is not None for row in rows),
        ),
    )


def _servers(cell: int) -> dict[int, Server]:
    """The redis in which each service's queue is: that of its first link to one, if that runs."""
    links = (
        Link.objects.filter(service__environment__cell=cell, to_resource__kind="redis")
        .exclude(service__policy__queue="")
        .order_by("service", "-variable")
        .values_list("service_id", "to_resource_id")
    )
    resource_of = {service: resource for service, resource in links if resource is not None}
    resources = set(resource_of.values())
    addresses = _addresses(resources)
    logins = _logins(resources)
    return {
        service: Server(*addresses[resource], *logins[resource])
        for service, resource in resource_of.items()
        if resource in addresses and resource in logins
    }


def _addresses(resources: Iterable[int]) -> dict[int, tuple[str, int]]:
    """Host and port of the instance that each resource runs now; of others, of what answers."""
    rows = Instance.objects.filter(
        resource__in=list(resources), ended=False, draining=False, port__isnull=False
    ).order_by("seen_at")
    found = rows.exclude(address="").values_list("resource_id", "address", "port")
    elsewhere = Resource.objects.filter(
        pk__in=list(resources), external=True, probe_error="", address__isnull=False
    ).values_list("pk", "address", "port")
    return {
        resource: (address, port)
        for resource, address, port in (*found, *elsewhere)
        if resource is not None and port is not None and address is not None
    }


def _logins(resources: Iterable[int]) -> dict[int, tuple[str, str]]:
    """User and password of each resource, where the password opens."""
    found = {}
    for resource, key, user, key_id, sealed in Credential.objects.filter(
        resource__in=list(resources)
    ).values_list(*_CREDENTIAL):
        try:
            found[resource] = (user, _opened(resource, key, user, key_id, bytes(sealed)))
        except SealError:
            continue
    return found


@lru_cache(maxsize=8192)
def _opened(resource: int, key: int, user: str, key_id: str, sealed: bytes) -> str:
    """Opened once: a credential's row is not changed in place."""
    row = Credential(pk=key, resource_id=resource, user=user, key_id=key_id, sealed=sealed)
    return password(row)
