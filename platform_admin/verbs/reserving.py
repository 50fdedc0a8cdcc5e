"""Reservations of several services of a team, changed at once for new counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from django.db import connection

from platform_admin.models import Colour, Quota, Reservation, Rollout
from platform_admin.rules.quota import Limits, Use, grown, shortage, surge_room
from platform_admin.rules.rollout import Colour as ColourName
from platform_admin.rules.rollout import ColourRow, RolloutRow
from platform_admin.rules.split import reserved
from platform_admin.verbs.quota import limits_of
from platform_admin.verbs.reservations import at_rest, in_all, one_of_each, others_of, size, summed

_WRITE = """
UPDATE platform_admin_reservation AS row SET desired = new.desired, instances = new.instances
FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS new (service, desired, instances)
WHERE row.service_id = new.service
"""


@dataclass
class _Team:
    """The team's limits, and its sums as they grow."""

    limits: Limits
    surge: Use
    desired: Use
    reserved: Use

    def takes(self, row: Reservation, desired: int, instances: int) -> bool:
        """Whether this fits in place of the row; then the sums have it."""
        at_rest_sum = self.desired + size(row) * (desired - row.desired)
        in_all_sum = self.reserved + size(row) * (instances - row.instances)
        wants = grown(at_rest(row), size(row) * desired, at_rest_sum)
        wants_all = grown(in_all(row), size(row) * instances, in_all_sum)
        if shortage(self.limits, self.surge, wants, wants_all) is not None:
            return False
        self.desired, self.reserved = at_rest_sum, in_all_sum
        row.desired, row.instances = desired, instances
        return True


def reserve_counts(quota: Quota, counts: Mapping[int, int]) -> set[int]:
    """The services (of `counts`: desired by service) that got room; it is reserved for them.

    What goes down makes room first, then in the given order. A changed count leaves the size of
    an instance as it is: that moves with releases. `quota` must come from `locked`.
    """
    rows = others_of(quota, None)
    own = {row.service_id: row for row in rows if row.service_id in counts}
    limits = limits_of(quota)
    team = _Team(
        limits=limits,
        surge=surge_room(limits, one_of_each(rows)),
        desired=summed(rows, lambda row: row.desired),
        reserved=summed(rows, lambda row: row.instances),
    )
    instances = _instances(counts)
    here = [service for service in counts if service in own]
    here.sort(key=lambda service: counts[service] > own[service].desired)
    given = {each for each in here if team.takes(own[each], counts[each], instances[each])}
    _write([own[service] for service in sorted(given)])
    return given


def _instances(counts: Mapping[int, int]) -> dict[int, int]:
    """How many instances each must have reserved at its new count, by service."""
    services = list(counts)
    columns = ("service_id", "live", "new", "at", "next", "hold")
    rollouts = {
        service: RolloutRow(live=live, new=cast(ColourName, new), at=at, next=next_, hold=hold)
        for service, live, new, at, next_, hold in Rollout.objects.filter(
            service__in=services
        ).values_list(*columns)
    }
    colours: dict[int, dict[str, ColourRow]] = {service: {} for service in services}
    for service, name, at_most, stand_by in Colour.objects.filter(service__in=services).values_list(
        "service_id", "colour", "at_most", "stand_by"
    ):
        row = ColourRow(cast(ColourName, name), at_most=at_most, stand_by=stand_by)
        colours[service][name] = row
    return {
        service: reserved(count, rollouts[service], (both["blue"], both["green"]))
        for service, count in counts.items()
        if (both := colours[service])
    }


def _write(rows: list[Reservation]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            [
                [row.service_id for row in rows],
                [row.desired for row in rows],
                [row.instances for row in rows],
            ],
        )
