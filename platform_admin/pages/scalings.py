"""The scalings of an environment: a person's one by one, the scaler's as runs of a service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from platform_admin.models import Environment, ScalingEvent
from platform_admin.models.event import ScalingEvent as Event

LOOKED = 500
"""Changes by the scaler that are looked at: a busy environment costs no more than that."""
_COLUMNS = ("service__name", "origin", "pk", "at", "before", "after")
Row = tuple[str, str, int, datetime, int, int]
"""Of an event: service, origin, key, moment, count before and after."""


@dataclass(frozen=True)
class Run:
    """So `many` changes of a service's count, one after the other; `newest` is the last one's key.

    `low` and `high` are the counts between which it moved. `more`: older changes, which were not
    looked at, may belong to it.
    """

    service: str
    newest: int
    many: int
    since: datetime
    until: datetime
    low: int
    high: int
    more: bool = False


def runs(environment: Environment, most: int) -> list[Run]:
    """The environment's latest `most` runs, newest first; a person's change is one of its own.

    People's changes are looked for by themselves, however much the scaler did since.
    """
    events = ScalingEvent.objects.filter(
        service__environment=environment, outcome=Event.Outcome.APPLIED
    ).order_by("-at", "-pk")
    automatic = list(events.filter(origin=Event.Origin.POLICY).values_list(*_COLUMNS)[:LOOKED])
    cut = automatic[-1][3] if len(automatic) == LOOKED else None
    others = list(events.exclude(origin=Event.Origin.POLICY).values_list(*_COLUMNS)[:most])
    if len(others) == most:
        # Those before the oldest one of them would be joined across others that were not read.
        automatic = [row for row in automatic if row[3] >= others[-1][3]]
    rows = sorted([*automatic, *others], key=lambda row: (row[3], row[2]), reverse=True)
    return joined(rows, cut)[:most]


def joined(rows: Iterable[Row], cut: datetime | None = None) -> list[Run]:
    """The rows, which are newest first, as runs: the scaler's with no other one between are one.

    `cut`: of what the scaler did before that moment there are no rows.
    """
    found: list[Run] = []
    begun: dict[str, int] = {}
    for row in rows:
        service, origin, _, at, *_ = row
        place = begun.get(service)
        if place is not None and origin == Event.Origin.POLICY:
            found[place] = _longer(found[place], row)
            continue
        if place is not None and cut and at < cut:
            found[place] = replace(found[place], more=True)
        begun.pop(service, None)
        if origin == Event.Origin.POLICY:
            begun[service] = len(found)
        found.append(_alone(row))
    for place in begun.values() if cut else ():
        found[place] = replace(found[place], more=True)
    return found


def _alone(row: Row) -> Run:
    service, _, key, at, before, after = row
    return Run(service, key, 1, at, at, min(before, after), max(before, after))


def _longer(run: Run, older: Row) -> Run:
    low, high = min(run.low, *older[-2:]), max(run.high, *older[-2:])
    return replace(run, many=run.many + 1, since=older[3], low=low, high=high)
