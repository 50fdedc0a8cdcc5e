"""What a team's quota leaves of what its services want."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scaler.rules.arrays import Bools, Floats, Ints, Numbers
from scaler.rules.policies import Policies

PRIORITIES = np.array([0, 0, 1, 2], dtype=np.int64)
"""By the place in KINDS: web and static, private, worker."""
ROUNDS = 8
"""Of sharing what is left, so that one large instance does not keep small ones from their room."""


@dataclass(frozen=True)
class Quotas:
    """Teams and what their services may use at rest in all.

    `team` (n,): each service's place in the limits. `size` (n, 3): one instance in instances (1),
    MHz, MB. `limit` (T, 3): the quota in the same units, less what the team's resources take.
    """

    team: Ints
    size: Floats
    limit: Floats


def quotas(team: Ints, cpu_mhz: Floats, memory_mb: Floats, limit: Floats) -> Quotas:
    """The quotas of services of these sizes, (n,), in teams with these limits, (T, 3)."""
    return Quotas(team, np.column_stack([np.ones(len(team)), cpu_mhz, memory_mb]), limit)


def granted(policies: Policies, held: Quotas | None, count: Floats, numbers: Numbers) -> Numbers:
    """The highest count that the quota allows each service, NaN where it withholds nothing. (n,)

    Decided for all services of a team at once, by priority: what a class has stays, then it
    grows, among equals one instance each in turn, and the next class has what is left. So it may
    lose some, no faster than its rate and not below its minimum, and only where a class before
    it grows: a smaller quota alone takes nothing back. Nothing is taken from services that are
    set by hand, that must not change, or of which something is unknown. The sum of the new
    counts passes no limit that the sum of the old ones did not.
    """
    if held is None:
        return {"quota": np.full(len(count), np.nan)}
    desired = numbers["desired"]
    stays = (numbers["rolling"] > 0) & ~(numbers["suspended"] > 0)
    wanted = np.where(stays, desired, count)
    has = np.minimum(wanted, desired)
    fixed = stays | ~np.isnan(numbers["override"]) | (numbers["unknown"] > 0)
    lowest = np.fmax(numbers["minimum"], numbers["rate_down"])
    least = np.where(fixed, has, np.minimum(has, lowest))
    short = np.any(_sums(held, wanted) > held.limit, axis=1)
    given = np.where(short[held.team], least, wanted)
    room, grows = held.limit - _sums(held, given), np.zeros(len(short), dtype=np.bool_)
    for priority in np.unique(PRIORITIES):
        here = np.flatnonzero(short[held.team] & (PRIORITIES[policies.kind] == priority))
        if here.size:
            mine = _chosen(held, here)
            given[here] = _filled(mine, least[here], has[here], wanted[here], room, grows)
            room = room - _sums(mine, given[here] - least[here])
            grew = np.bincount(mine.team, weights=given[here] > has[here], minlength=len(short))
            grows |= grew > 0
    return {"quota": np.where(given < wanted, given, np.nan)}


def _filled(
    held: Quotas, least: Floats, has: Floats, wanted: Floats, room: Floats, yields: Bools
) -> Floats:
    """The counts of a class within `room` (T, 3) above its least ones: what it has, then growth.

    In the teams that do not yield (T,) all of it keeps what it has, whatever the room.
    """
    kept = least + _shared(held, has - least, least, np.maximum(room, 0.0))
    kept = np.where(yields[held.team], kept, has)
    left = np.maximum(room - _sums(held, kept - least), 0.0)
    return kept + _shared(held, wanted - kept, kept, left)


def inside_quota(count: Floats, numbers: Numbers) -> Floats:
    """The count that the quota leaves. (n,)"""
    return np.fmin(count, numbers["quota"])


def _sums(held: Quotas, count: Floats) -> Floats:
    """What these counts use, by team, (T, 3)."""
    teams = len(held.limit)
    used = count[:, np.newaxis] * held.size
    return np.column_stack(
        [np.bincount(held.team, weights=used[:, unit], minlength=teams) for unit in range(3)]
    )


def _chosen(held: Quotas, services: Ints) -> Quotas:
    return Quotas(held.team[services], held.size[services], held.limit)


def _shared(held: Quotas, asked: Floats, have: Floats, room: Floats) -> Floats:
    """How many more each gets: as even as their wishes and sizes allow, within `room` (T, 3)."""
    more = np.zeros(len(asked))
    for _ in range(ROUNDS):
        left = room - _sums(held, more)
        fits = (held.size <= left[held.team]).all(axis=1) & (more < asked)
        if not fits.any():
            break
        more += _level(held, np.where(fits, asked - more, 0.0), left)
        left = room - _sums(held, more)
        more += _one_more(held, fits & (more < asked), have + more, left)
    return more


def _level(held: Quotas, asked: Floats, room: Floats) -> Floats:
    """The same number for all, or what was asked if that is less: the largest that fits."""
    low, high = np.zeros(len(room)), np.full(len(room), asked.max(initial=0.0))
    while (low < high).any():
        middle = np.ceil((low + high) / 2)
        fits = (_sums(held, np.minimum(asked, middle[held.team])) <= room).all(axis=1)
        low, high = np.where(fits, middle, low), np.where(fits, high, middle - 1)
    return np.minimum(asked, low[held.team])


def _one_more(held: Quotas, asks: Bools, have: Floats, room: Floats) -> Floats:
    """One more for those that have least, in their order, as long as it fits."""
    more = np.zeros(len(asks))
    order = np.lexsort((np.arange(len(asks)), have, held.team))
    order = order[asks[order]]
    if not order.size:
        return more
    teams = held.team[order]
    running = held.size[order].cumsum(axis=0)
    first = np.r_[True, teams[1:] != teams[:-1]]
    start = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    before = running[start] - held.size[order][start]
    more[order] = (running - before <= room[teams]).all(axis=1)
    return more
