"""The floor and the ceiling of a schedule: when they hold, and what they do to a count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from zoneinfo import ZoneInfo

import numpy as np

from scaler.rules.arrays import Floats, Numbers
from scaler.rules.instants import Stretch, local, stretches
from scaler.rules.windows import Limit, Window

AHEAD_S = 7 * 86_400.0
"""How far is looked ahead: a week, after which weekly windows repeat."""
BY = {"least": ":least", "most": ":most"}
"""Behind a window's name: the number, 1.0, that says whose floor or ceiling an event has."""
_NAMES = (
    *("least", "least_in_s", "least_left_s", "least_until"),
    *("most", "most_left_s", "most_until"),
)


@dataclass(frozen=True)
class InForce:
    """What holds at an instant. Instants in seconds since 1970; inf: not within AHEAD_S.

    The floor holds from `least_since`, which lies ahead where it is ordered in advance, until
    `least_until`, the ceiling until `most_until`. Nothing of it is another before `until`.
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
    found = list(stretches(windows, zone, now, now + AHEAD_S))
    near = [place for place, each in enumerate(found) if each.since <= now + ahead_s]
    chosen = max(near, key=lambda place: (_least(found[place]), -place))
    least, most = found[chosen].held.least, found[0].held.most
    falls = (each.since for each in found[chosen:] if least and _least(each) < least.count)
    rises = (each.since for each in found if most and _most(each) > most.count)
    changes = (at for each in found for at in (each.since, each.since - ahead_s) if at > now)
    if least and most and most.count < least.count:
        most = Limit(least.count, most.by)
    return InForce(
        least=least,
        least_since=found[chosen].since,
        least_until=next(falls, inf),
        most=most,
        most_until=next(rises, inf),
        until=min(changes, default=now + AHEAD_S),
    )


def numbers_of(found: InForce, zone: ZoneInfo, now: float) -> dict[str, float]:
    """What an event says of it: what there is of `_NAMES`, and whose floor and ceiling it is.

    `least_in_s` seconds until the floor holds, where it is ordered in advance; `least_left_s`,
    `most_left_s` seconds to their ends; `least_until`, `most_until` those ends as a wall clock of
    the zone shows them, minutes since Monday's midnight.
    """
    said: dict[str, float] = {}
    for name, limit, until in (
        ("least", found.least, found.least_until),
        ("most", found.most, found.most_until),
    ):
        if limit is None:
            continue
        said |= {name: float(limit.count), f"{limit.by}{BY[name]}": 1.0}
        if until < inf:
            said |= {f"{name}_left_s": until - now, f"{name}_until": _minute(zone, until)}
    if found.least is not None and found.least_since > now:
        said["least_in_s"] = found.least_since - now
    return said


def names_in(numbers: Mapping[str, float]) -> dict[str, float]:
    """Of such numbers those that name a window, which are not the steps'."""
    return {name: figure for name, figure in numbers.items() if name.endswith(tuple(BY.values()))}


@dataclass(frozen=True)
class Scheduled:
    """Of many services those with a floor or a ceiling now: their places (k,), and what holds.

    `numbers`: for each what `numbers_of` says.
    """

    places: Sequence[int]
    numbers: Sequence[Mapping[str, float]]


def limits(scheduled: Scheduled | None, services: int) -> Numbers:
    """The floors and ceilings of so many services with when they end, NaN for none. (n,)"""
    found = {name: np.full(services, np.nan) for name in _NAMES}
    if scheduled is not None:
        for place, numbers in zip(scheduled.places, scheduled.numbers, strict=True):
            for name in _NAMES:
                found[name][place] = numbers.get(name, np.nan)
    return found


def scheduled(count: Floats, numbers: Numbers) -> Floats:
    """The count between the floor and the ceiling that hold now, at once. (n,)"""
    return np.fmin(np.fmax(count, numbers["least"]), numbers["most"])


def _least(stretch: Stretch) -> float:
    return -inf if stretch.held.least is None else stretch.held.least.count


def _most(stretch: Stretch) -> float:
    return inf if stretch.held.most is None else stretch.held.most.count


def _minute(zone: ZoneInfo, at: float) -> float:
    wall = local(zone, at)
    return float(wall.weekday() * 1440 + wall.hour * 60 + wall.minute)
