"""Reservations of several services of a team, changed at once for new counts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

from django.db import connection

from platform_admin.models import Colour, Quota, Reservation, Rollout, Service
from platform_admin.rules.quota import Limits, Use, grown, largest, shortage, surge_room
from platform_admin.rules.rollout import Colour as ColourName
from platform_admin.rules.rollout import ColourRow, RolloutRow
from platform_admin.rules.split import reserved
from platform_admin.verbs.quota import limits_of
from platform_admin.verbs.reservations import at_rest, in_all, size, totals

_WRITE = """
UPDATE platform_admin_reservation AS row SET desired = new.desired, instances = new.instances
FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS new (service, desired, instances)
WHERE row.service_id = new.service
"""


Instances = Callable[[int], int]


@dataclass
class _Team:
    """The team's limits, and its sums as they grow."""

    limits: Limits
    surge: Use
    desired: Use
    reserved: Use

    def most(self, row: Reservation, wanted: int, instances: Instances) -> int | None:
        """The largest count up to `wanted` that fits in place of the row; then the sums have it.

        None where that is no change.
        """
        more = range(row.desired + 1, wanted + 1)
        counts = more if more else range(wanted, wanted + 1)
        fits = bisect_left(
            counts, True, key=lambda count: not self._fits(row, count, instances(count))
        )
        if not fits:
            return None
        count = counts[fits - 1]
        self.desired += size(row) * (count - row.desired)
        self.reserved += size(row) * (instances(count) - row.instances)
        row.desired, row.instances = count, instances(count)
        return count

    def _fits(self, row: Reservation, desired: int, instances: int) -> bool:
        at_rest_sum = self.desired + size(row) * (desired - row.desired)
        in_all_sum = self.reserved + size(row) * (instances - row.instances)
        wants = grown(at_rest(row), size(row) * desired, at_rest_sum)
        wants_all = grown(in_all(row), size(row) * instances, in_all_sum)
        return shortage(self.limits, self.surge, wants, wants_all) is None


def reserve_counts(quotas: Iterable[Quota], counts: Mapping[int, int]) -> dict[int, int]:
    """The services (of `counts`: desired by service) that got room, and for which count.

    What goes down makes room first, then in the given order. What grows gets as much as there is
    room for: what another one gives up is reserved until Nomad has acknowledged it. A changed
    count leaves the size of an instance as it is: that moves with releases. `quotas`: those of
    all their teams, from `locked_all`.
    """
    teams = _teams(quotas)
    rows = Reservation.objects.filter(service__in=list(counts), team__in=list(teams))
    own = {row.service_id: row for row in rows if row.service_id is not None}
    instances = _instances(list(own))
    here = [service for service in counts if service in own and service in instances]
    here.sort(key=lambda service: counts[service] > own[service].desired)
    found = {
        each: teams[own[each].team_id].most(own[each], counts[each], instances[each])
        for each in here
    }
    given = {service: count for service, count in found.items() if count is not None}
    _write({each: (own[each].desired, own[each].instances) for each in sorted(given)})
    return given


def reserve_posted(services: Sequence[int]) -> None:
    """Brings what these services have reserved to the counts that were posted of them.

    A fact, which is not refused. The caller has locked their teams' quotas.
    """
    desired = dict(Service.objects.filter(pk__in=services).values_list("pk", "desired"))
    instances = _instances(sorted(desired))
    _write({each: (desired[each], held(desired[each])) for each, held in instances.items()})


def _teams(quotas: Iterable[Quota]) -> dict[int, _Team]:
    """The teams as they stand, summed by the database: they may have hundreds of services."""
    limits = {quota.team_id: limits_of(quota) for quota in quotas}
    environments: dict[int, list[Use]] = {team: [] for team in limits}
    desired, reserved_ = ({team: Use() for team in limits} for _ in range(2))
    rows = Reservation.objects.filter(team__in=list(limits))
    for (team, environment), one, at_rest_sum, in_all_sum in totals(
        rows, "team_id", "service__environment_id"
    ):
        desired[team] += at_rest_sum
        reserved_[team] += in_all_sum
        if environment is not None:
            environments[team].append(one)
    return {
        team: _Team(
            limits=limits[team],
            surge=surge_room(limits[team], largest(*environments[team])),
            desired=desired[team],
            reserved=reserved_[team],
        )
        for team in limits
    }


def _instances(services: Sequence[int]) -> dict[int, Instances]:
    """How many instances each service must have reserved, as a function of its count."""
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
        service: partial(_reserved, rollouts[service], (both["blue"], both["green"]))
        for service, both in colours.items()
        if both
    }


def _reserved(rollout: RolloutRow, both: tuple[ColourRow, ColourRow], count: int) -> int:
    return reserved(count, rollout, both)


def _write(counts: Mapping[int, tuple[int, int]]) -> None:
    """By service: how many instances it should have, and has reserved in all."""
    desired, instances = zip(*counts.values(), strict=True) if counts else ((), ())
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [list(counts), list(desired), list(instances)])
