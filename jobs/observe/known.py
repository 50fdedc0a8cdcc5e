"""The jobs of a cell's services and resources, from its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.db.models import QuerySet

from jobs import fingerprint
from jobs.fingerprint import Fingerprint
from jobs.observe.seen import Known
from jobs.specs import names
from platform_admin.models import Cell, Colour, Resource
from platform_admin.rules.rollout import Colour as ColourName

_COLOUR = (
    "service__environment__app__team__namespace",
    "service__slug_row_id",
    "service__port",
    "colour",
    "service__environment_id",
    "service_id",
    "release__number",
)
_RESOURCE = ("environment__app__team__namespace", "slug_row_id", "environment_id", "pk")


class KnownJobs:
    """A cell's jobs, read again only where the rows are not those that were read before."""

    def __init__(self) -> None:
        self._jobs: Mapping[tuple[str, str], Known] = {}
        self._read: tuple[Fingerprint, Fingerprint] | None = None

    def read(self, cell: Cell) -> Mapping[tuple[str, str], Known]:
        """What `known_jobs` finds now."""
        # Taken first: what changes in between is read again the next time.
        now = fingerprint.of_all(_colours(cell)), fingerprint.of_all(_resources(cell))
        if now != self._read:
            self._jobs, self._read = known_jobs(cell), now
        return self._jobs


def known_jobs(cell: Cell) -> dict[tuple[str, str], Known]:
    """The jobs by namespace and job id."""
    found = {}
    for namespace, slug, port, colour, *of in _colours(cell):
        environment, service, release = of
        job_id = names.job_id(slug, cast(ColourName, colour))
        found[namespace, job_id] = Known(
            environment, service, None, colour, release, has_port=port is not None
        )
    for namespace, slug, environment, resource in _resources(cell):
        found[namespace, slug] = Known(environment, None, resource, "", None, has_port=True)
    return found


def _colours(cell: Cell) -> QuerySet[Colour, tuple[Any, ...]]:
    return Colour.objects.filter(service__environment__cell=cell).values_list(*_COLOUR)


def _resources(cell: Cell) -> QuerySet[Resource, tuple[Any, ...]]:
    return Resource.objects.filter(cell=cell, external=False).values_list(*_RESOURCE)
