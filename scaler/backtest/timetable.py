"""What a schedule held at each moment of a past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np

from scaler.backtest.stretches import Stretches
from scaler.policies.readings import INTERVAL_S
from scaler.rules.arrays import Bools, Floats, Ints
from scaler.rules.policies import Policies
from scaler.rules.schedule import COLUMNS, Scheduled, in_force, row_of
from scaler.rules.windows import Window


@dataclass(frozen=True)
class Timetable:
    """The windows of a policy, and the zone that their times are in."""

    windows: tuple[Window, ...]
    zone: ZoneInfo


NONE = Timetable((), ZoneInfo("UTC"))


def held(timetable: Timetable, at: Floats, ahead_s: float) -> Floats:
    """What is in force at each of the times `at` (k,) seconds, ascending: rows (k, COLUMNS).

    As `scaler.rules.schedule.row_of` has them, NaN for what there is not. It is worked out once for
    each change, as in the loop. `ahead_s`: how early a floor is ordered.
    """
    rows = np.full((len(at), len(COLUMNS)), np.nan)
    place = 0
    while timetable.windows and place < len(at):
        found = in_force(timetable.windows, timetable.zone, float(at[place]), ahead_s)
        end = max(int(np.searchsorted(at, found.until)), place + 1)
        rows[place:end] = row_of(found, timetable.zone)
        place = end
    return rows


class Past(Protocol):
    """Readings of INTERVAL_S seconds, the first from `since` on; `known` (k,) which there are."""

    @property
    def since(self) -> float:
        """Seconds since 1970."""

    @property
    def known(self) -> Bools:
        """Whether each was read, (k,)."""


def held_of(
    timetables: Sequence[Timetable], policies: Policies, past: Past, parts: Stretches
) -> Floats:
    """What each policy's schedule held at each reading of each stretch, (n * many, run, COLUMNS).

    A floor is ordered a start-up and an interval early, as in the loop.
    """
    readings = np.arange(1.0, len(past.known) + 1.0)
    at = np.asarray(past.since + INTERVAL_S * readings, np.float64)
    ahead_s = np.ceil(policies.start_up_s) + policies.interval_s
    each = [
        parts.of(held(timetable, at, early))
        for timetable, early in zip(timetables, ahead_s.tolist(), strict=True)
    ]
    return np.concatenate(each)


def scheduled(rows: Floats) -> Scheduled | None:
    """The rows (n, COLUMNS) of n services as the rules take them; None where nothing is held."""
    places: Ints = np.flatnonzero(~np.isnan(rows).all(axis=1))
    return Scheduled(places, rows[places]) if len(places) else None
