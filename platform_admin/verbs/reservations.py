from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import F, QuerySet, Sum, Value

from platform_admin.models import Quota, Reservation
from platform_admin.rules.quota import Use, largest


def others_of(quota: Quota, own: Reservation | None) -> list[Reservation]:
    """The team's reservations without `own`."""
    rows = Reservation.objects.filter(team_id=quota.team_id).select_related("service")
    return list(rows if own is None else rows.exclude(pk=own.pk))


def one_of_each(rows: Iterable[Reservation]) -> Use:
    """One instance of every service of the environment that needs most for that."""
    by_environment: dict[int, Use] = {}
    for row in rows:
        if row.service is not None:
            key = row.service.environment_id
            by_environment[key] = by_environment.get(key, Use()) + size(row)
    return largest(*by_environment.values())


def summed(rows: Iterable[Reservation], count: Callable[[Reservation], int]) -> Use:
    """What all of them take, each counted as often as `count` says."""
    return sum((size(row) * count(row) for row in rows), Use())


def size(row: Reservation) -> Use:
    """What one instance takes."""
    return Use(1, row.cpu_mhz, row.memory_mb)


def at_rest(row: Reservation) -> Use:
    """What it takes while nothing is deployed."""
    return size(row) * row.desired


def in_all(row: Reservation) -> Use:
    """What it takes with its surge and what may still run."""
    return size(row) * row.instances


def totals(rows: QuerySet[Reservation], *by: str) -> list[tuple[tuple[Any, ...], Use, Use, Use]]:
    """For each value of the columns `by`: one instance of each row, all at rest, and in all.

    Added up by the database: a team may have hundreds of services.
    """
    sums = {
        f"{size}_{count}": Sum(F(size) * F(count))
        for count in ("one", "desired", "instances")
        for size in ("one", "cpu_mhz", "memory_mb")
    }
    found = rows.annotate(one=Value(1)).order_by().values_list(*by).annotate(**sums)
    keys = len(by)
    return [
        (row[:keys], *(Use(*row[place : place + 3]) for place in range(keys, keys + 9, 3)))
        for row in found
    ]
