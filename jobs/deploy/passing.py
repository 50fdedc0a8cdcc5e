"""Where a resource passes: of its name in Consul, only what is of its kind of place."""

from __future__ import annotations

from jobs import servers
from jobs.consul import Endpoint
from platform_admin.models import Resource


def passing(resource: Resource) -> tuple[Endpoint, ...]:
    """The registrations that pass: of one that Muster runs none from outside, and vice versa.

    An entry from outside may be left of another one that had the name before.
    """
    found = servers.consul().health(resource.slug)
    return tuple(each for each in found if each.external == resource.external)
