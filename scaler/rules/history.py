"""What the rules remember from one evaluation to the next: values in, values out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scaler.rules.arrays import Bools, Floats, Ints
from scaler.rules.capacity import Capacity, nothing_learned
from scaler.rules.growth import FIRST, noise_of

READINGS = 4


@dataclass(frozen=True)
class History:
    """What n services did, as arrays; times are the seconds of `now`, NaN is an empty place.

    `at` (P,) and `proposals` (n, P): past evaluations and what they proposed after the tolerance,
    in any order. `changed_at`, `change` (n, C): changes of `desired`, signed, in any order.
    `up_at`, `down_at` (n,): when the last change of each direction was acknowledged.
    `seen_at`, `arrivals`, `mean_s` (n, READINGS): the last readings of the edge, oldest first.
    `noise` (n,): of the rate, as a share of it.
    `unknown_since` (n,): since when every signal is unknown. `capacity`: what was learned, of the
    `release` (n,) with this number, NaN for unknown.
    """

    at: Floats
    proposals: Floats
    changed_at: Floats
    change: Floats
    up_at: Floats
    down_at: Floats
    seen_at: Floats
    arrivals: Floats
    mean_s: Floats
    noise: Floats
    unknown_since: Floats
    capacity: Capacity
    release: Floats

    def __len__(self) -> int:
        return len(self.up_at)


def nothing_remembered(services: int, evaluations: int = 32, changes: int = 8) -> History:
    """The history of services that were never evaluated.

    `evaluations`: the longest window over the interval, and one more. `changes`: as many as
    may fall into the longest period of a rate; the oldest is forgotten first.
    """
    return History(
        at=np.full(evaluations, np.nan),
        proposals=np.full((services, evaluations), np.nan),
        changed_at=np.full((services, changes), np.nan),
        change=np.full((services, changes), np.nan),
        up_at=np.full(services, np.nan),
        down_at=np.full(services, np.nan),
        seen_at=np.full((services, READINGS), np.nan),
        arrivals=np.full((services, READINGS), np.nan),
        mean_s=np.full((services, READINGS), np.nan),
        noise=np.full(services, FIRST),
        unknown_since=np.full(services, np.nan),
        capacity=nothing_learned(services),
        release=np.full(services, np.nan),
    )


def proposed(history: History, proposals: Floats, at: float) -> History:
    """The history with one more evaluation, in the place of the oldest.

    `proposals` (n,), instances, NaN for a service that was not evaluated. The loop seeds a
    service's first evaluation with its current count, as HPA does.
    """
    place = _oldest(history.at)
    times, table = history.at.copy(), history.proposals.copy()
    times[place], table[:, place] = at, proposals
    return replace(history, at=times, proposals=table)


def changed(history: History, services: Ints, change: Floats, at: float) -> History:
    """The history with changes of `desired`: places of services (k,), signed instances (k,).

    Recorded when `desired` is written; the cooldown counts from here until `acknowledged`.
    """
    times, changes = history.changed_at.copy(), history.change.copy()
    places = np.argmin(np.where(np.isnan(times[services]), -np.inf, times[services]), axis=1)
    times[services, places], changes[services, places] = at, change
    moved = replace(history, changed_at=times, change=changes)
    return acknowledged(moved, services, change, at)


def acknowledged(history: History, services: Ints, change: Floats, at: float) -> History:
    """The history in which the cluster acknowledged the last changes at `at`: cooldowns begin."""
    up, down = history.up_at.copy(), history.down_at.copy()
    up[services[change > 0]] = at
    down[services[change < 0]] = at
    return replace(history, up_at=up, down_at=down)


def seen(history: History, at: Floats, arrivals: Floats, mean_s: Floats, new: Bools) -> History:
    """The history with the edge's readings of the services that have a new one, all (n,)."""

    def shifted(table: Floats, last: Floats) -> Floats:
        moved = np.column_stack([table[:, 1:], last])
        return np.where(new[:, np.newaxis], moved, table)

    rates = shifted(history.arrivals, arrivals)
    return replace(
        history,
        seen_at=shifted(history.seen_at, at),
        arrivals=rates,
        noise=noise_of(history.noise, rates, new),
        mean_s=shifted(history.mean_s, mean_s),
    )


def _oldest(times: Floats) -> int:
    return int(np.argmin(np.where(np.isnan(times), -np.inf, times)))
