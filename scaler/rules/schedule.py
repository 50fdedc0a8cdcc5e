"""The floor and the ceiling of a schedule: when they hold, and what they do to a count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from zoneinfo import ZoneInfo

import numpy as np

from scaler.rules.arrays import Floats, Ints, Numbers
from scaler.rules.instants import Stretch, local, stretches
from scaler.rules.windows import Limit, Window

AHEAD_S = 7 * 86_400.0
"""How far is looked ahead: a week, after which weekly windows repeat."""
LOOK_AGAIN_S = 86_400.0
"""After a day ends may be in sight that were not."""
BY = {"least": ":least", "most": ":most"}
"""Behind a window's name: the number, 1.0, that says whose floor or ceiling an event has."""
COLUMNS = (
    *("least", "least_since", "least_end", "least_minute"),
    *("most", "most_end", "most_minute"),
)
"""Instances, instants in seconds since 1970, and the ends' minutes of the week on the wall."""


@dataclass(frozen=True)
class InForce:
    """What holds at an instant. Instants in seconds since 1970; inf: not within AHEAD_S.

    The floor holds from `least_since`, which lies ahead where it is ordered in advance, until
    `least_until`, the ceiling until `most_until`. Nothing of it changes before `until`.
    """

    least: Limit | None
    least_since: float
    least_until: float
    most: Limit | None
    most_until: float
    until: float


def in_force(
    windows: Sequence[Window], zone: ZoneInfo, now: float, ahead_s: float = 0.0
) -> InForce:
    """What the windows hold at `now`; `windows.held` says which of them wins.

    A floor is there `ahead_s` seconds before it holds, so that its instances, which are ordered
    then, are ready by then; it wins over a ceiling that still holds. A ceiling is never ahead: it
    would take away what is wanted yet.
    """
    found: list[Stretch] = []
    for each in stretches(windows, zone, now, now + AHEAD_S):
        found.append(each)
        # What begins later than that changes nothing before the first of them ends.
        if each.since > found[0].until + ahead_s:
            known = _in_force(found, now, ahead_s)
            if _ends_are_seen(known):
                return known
    return _in_force(found, now, ahead_s)


def _in_force(found: Sequence[Stretch], now: float, ahead_s: float) -> InForce:
    """What holds, by the stretches from `now` on, as far as they go."""
    near = [place for place, each in enumerate(found) if each.since <= now + ahead_s]
    chosen = max(near, key=lambda place: (_least(found[place]), -place))
    least, most = found[chosen].held.least, found[0].held.most
    falls = (each.since for each in found[chosen:] if least and _least(each) < least.count)
    rises = (each.since for each in found if most and _most(each) > most.count)
    changes = [each.since for each in found[1:]]
    changes += [each.since - ahead_s for each in found if _least(each) > _least(found[chosen])]
    if least and most and most.count < least.count:
        most = Limit(least.count, most.by)
    return InForce(
        least=least,
        least_since=found[chosen].since,
        least_until=next(falls, inf),
        most=most,
        most_until=next(rises, inf),
        until=min(at for at in (*changes, now + LOOK_AGAIN_S) if at > now),
    )


def _ends_are_seen(found: InForce) -> bool:
    """Whether to look further would tell no more."""
    least = found.least is None or found.least_until < inf
    return least and (found.most is None or found.most_until < inf)


def named(found: InForce) -> dict[str, float]:
    """Whose floor and ceiling it is, as an event's numbers say it."""
    limits = (("least", found.least), ("most", found.most))
    return {f"{limit.by}{BY[name]}": 1.0 for name, limit in limits if limit is not None}


def row_of(found: InForce, zone: ZoneInfo) -> list[float]:
    """What holds as a row of COLUMNS, NaN for what there is not."""
    least = (_number(found.least), found.least_since, *_end(found.least_until, zone))
    return [*least, _number(found.most), *_end(found.most_until, zone)]


@dataclass(frozen=True)
class Scheduled:
    """Of many services those that have a schedule: their places (k,), and what holds for them.

    `rows` (k, COLUMNS), each as `row_of` has it.
    """

    places: Ints
    rows: Floats


def limits(scheduled: Scheduled | None, services: int, now: float) -> Numbers:
    """The floors and ceilings of so many services, NaN for none. (n,)

    `least_in_s` seconds until the floor holds, where it is ordered in advance; `least_left_s`,
    `most_left_s` seconds to their ends; `least_until`, `most_until` those ends as a wall clock of
    the policy's zone shows them, in minutes since Monday's midnight.
    """
    found = np.full((len(COLUMNS), services), np.nan)
    if scheduled is not None:
        found[:, scheduled.places] = scheduled.rows.T
    least, since, least_end, least_until, most, most_end, most_until = found
    return {
        "least": least,
        "least_in_s": np.where(since > now, since - now, np.nan),
        "least_left_s": least_end - now,
        "least_until": least_until,
        "most": most,
        "most_left_s": most_end - now,
        "most_until": most_until,
    }


def scheduled(count: Floats, numbers: Numbers) -> Floats:
    """The count between the floor and the ceiling that hold now, at once. (n,)"""
    return np.fmin(np.fmax(count, numbers["least"]), numbers["most"])


def _least(stretch: Stretch) -> float:
    return -inf if stretch.held.least is None else stretch.held.least.count


def _most(stretch: Stretch) -> float:
    return inf if stretch.held.most is None else stretch.held.most.count


def _number(limit: Limit | None) -> float:
    return np.nan if limit is None else float(limit.count)


def _end(until: float, zone: ZoneInfo) -> tuple[float, float]:
    if until == inf:
        return np.nan, np.nan
    wall = local(zone, until)
    return until, float(wall.weekday() * 1440 + wall.hour * 60 + wall.minute)
