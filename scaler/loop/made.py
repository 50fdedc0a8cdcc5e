"""One tick's decision with all that it was made from; nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from platform_admin.models import SHARDS, Shard
from scaler.loop.memory import Last, remembered
from scaler.loop.observe import observation
from scaler.loop.policies import policies
from scaler.loop.schedules import Plans, schedules
from scaler.loop.state import State, of_shards, room
from scaler.loop.warm import spoken
from scaler.rules.apply import to_store
from scaler.rules.arrays import Bools, Ints
from scaler.rules.decide import TOLERANCE, Decision, decide
from scaler.rules.policies import Policies
from scaler.samples.series import Row, aligned
from scaler.samples.ticks import Sample


@dataclass(frozen=True)
class Made:
    """A decision about the services of a sample's shards, and the tick before."""

    shards: tuple[Shard, ...]
    sample: Sample
    state: State
    decision: Decision
    last: Last
    now: datetime
    policies: Policies
    plans: Plans

    @property
    def at(self) -> float:
        """The sample's moment in seconds: the clock of the decision and its history."""
        return self.sample.at.timestamp()

    @property
    def parts(self) -> list[Ints]:
        """The places of each shard's services, in the order of the sample's rows."""
        return list(_places_of(self.shards, self.state, self.sample).values())

    @property
    def table(self) -> Row:
        """The sample's series for the services that were decided about."""
        found = aligned(self.sample.table, self.sample.services, self.state.services, np.nan)
        return found.astype(np.float32)

    @cached_property
    def reasons(self) -> NDArray[np.int8]:
        """The place in STEPS of what decided, (n,)."""
        return self.decision.reasons

    @property
    def applies(self) -> list[int]:
        """The places of the services that are to get another count."""
        return _places(to_store(self.decision) & self.state.follows)

    @property
    def holds(self) -> list[int]:
        """The places of those that want another count and stay, for a reason not yet told.

        Less than the minimum is no wish: it is how a service rests.
        """
        return _places(self._stays & self.state.follows & (self.reasons != self.last.told))

    @property
    def shadows(self) -> list[int]:
        """The places of those that would get another count than the tick before would have set."""
        fresh = (self.decision.count != self.last.count) | (self.reasons != self.last.told)
        return _places(self.decision.changes & self.state.shadow & fresh)

    def told(self, news: list[int]) -> NDArray[np.int8]:
        """The step that each service's last event named, this tick's events included. (n,)

        `news`: the places of those of `holds` that are told.
        """
        now = self.last.told.astype(np.int8)
        for places in (self.applies, news, self.shadows):
            now[places] = self.reasons[places]
        return now

    @property
    def _stays(self) -> Bools:
        wants = (np.diff(self.decision.counts, axis=1) != 0).any(axis=1)
        minimum = np.fmax(self.state.minimum, self.decision.numbers["least"])
        least = self.state.desired <= minimum
        rests = least & (self.decision.counts[:, TOLERANCE] < self.state.desired)
        return np.asarray(wants & ~rests & ~self.decision.changes)


def make(shards: Sequence[Shard], sample: Sample, now: datetime) -> Made:
    """The decision about the shards' services at their sample, which may be older than `now`."""
    state = of_shards(shards)
    chosen = policies(shards[0].pk, state)
    history, last = remembered(shards, state, chosen, sample.at)
    delay_s = max((now - sample.at).total_seconds(), 0.0)
    seen = observation(sample, state, delay_s)
    at = sample.at.timestamp()
    plans = schedules(shards[0].pk, state, at)
    said = spoken(_places_of(shards, state, sample), chosen, state, sample)
    decision = decide(chosen, seen, history, at, room(state), plans.scheduled, said)
    return Made(tuple(shards), sample, state, decision, last, now, chosen, plans)


def _places_of(shards: Sequence[Shard], state: State, sample: Sample) -> dict[int, Ints]:
    """The places of each shard's services, by its key, in the order of the sample's rows."""
    number = {shard.pk: shard.number for shard in shards}
    of_place = state.team % SHARDS
    return {row.shard: np.flatnonzero(of_place == number[row.shard]) for row in sample.rows}


def _places(chosen: Bools) -> list[int]:
    found: list[int] = np.flatnonzero(chosen).tolist()
    return found
