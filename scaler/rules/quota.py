"""What a team's quota leaves of what its services want."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scaler.rules.arrays import Bools, Floats, Ints, Numbers
from scaler.rules.policies import Policies

PRIORITIES = np.array([0, 1, 2], dtype=np.int64)
"""By the place in KINDS: web, private, worker."""
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

    Decided for all services of a team at once: what they have stays, what some give back is
    there for the others, and the rest goes by priority, among equals one instance each in turn.
    The sum of the new counts passes no limit that the sum of the old ones did not.
    """
    if held is None:
        return {"quota": np.full(len(count), np.nan)}
    desired = numbers["desired"]
    stays = (numbers["rolling"] > 0) & ~(numbers["suspended"] > 0)
    wanted = np.where(stays, desired, count)
    base = np.minimum(wanted, desired)
    given = base.copy()
    room = np.maximum(held.limit - _sums(held, base), 0.0)
    short = np.any(_sums(held, wanted) > held.limit, axis=1, keepdims=True)[held.team, 0]
    given = np.where(short, given, wanted)
    for priority in np.unique(PRIORITIES):
        here = np.flatnonzero(short & (PRIORITIES[policies.kind] == priority) & (wanted > base))
        if here.size:
            more = _shared(held, here, wanted[here] - base[here], base[here], room)
            given[here] += more
            room -= _sums(_chosen(held, here), more)
    return {"quota": np.where(given < wanted, given, np.nan)}


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


def _shared(held: Quotas, services: Ints, asked: Floats, have: Floats, room: Floats) -> Floats:
    """How many more each gets: as even as their wishes and sizes allow, within `room` (T, 3)."""
    chosen = _chosen(held, services)
    more = np.zeros(len(services))
    for _ in range(ROUNDS):
        left = room - _sums(chosen, more)
        fits = (chosen.size <= left[chosen.team]).all(axis=1) & (more < asked)
        if not fits.any():
            break
        more += _level(chosen, np.where(fits, asked - more, 0.0), left)
        left = room - _sums(chosen, more)
        more += _one_more(chosen, fits & (more < asked), have + more, left)
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
