"""A decision: the count after every step, and the numbers that each step used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scaler.rules import (
    bounds,
    cooldown,
    override,
    placement,
    quota,
    rate,
    rollout,
    schedule,
    stabilization,
)
from scaler.rules.arrays import Bools, Floats, Numbers
from scaler.rules.arrivals import is_new, read_at
from scaler.rules.capacity import Capacity, Evidence, learned, per_instance
from scaler.rules.combine import highest, knowledge
from scaler.rules.freshness import fresh
from scaler.rules.history import History, proposed, seen
from scaler.rules.observation import Observation
from scaler.rules.policies import Policies
from scaler.rules.proposal import proposals
from scaler.rules.quota import Quotas
from scaler.rules.schedule import Scheduled
from scaler.rules.spoken import Spoken, silence
from scaler.rules.stabilization import said
from scaler.rules.steps import STEPS, walked
from scaler.rules.tolerance import band
from scaler.rules.web import tells

FRESHNESS = STEPS.index("freshness")
QUOTA = STEPS.index("quota")
TOLERANCE = STEPS.index("tolerance")


@dataclass(frozen=True)
class Decision:
    """What was decided of n services.

    `counts` (n, len(STEPS)): the count before in the first column, after each step in the
    others. `numbers`: what the steps used, each (n,), NaN where there is nothing to say.
    `proposal` (n,): what the windows of later evaluations look at, NaN for none.
    `history`: what to remember, this evaluation included; changes are noted by
    `history.changed` when they are written.
    """

    counts: NDArray[np.int32]
    numbers: Mapping[str, Floats]
    proposal: Floats
    history: History

    @property
    def count(self) -> NDArray[np.int32]:
        """How many instances each service should have, (n,)."""
        return self.counts[:, -1]

    @property
    def changes(self) -> Bools:
        """Whether that is another number than `desired`, (n,)."""
        return np.asarray(self.counts[:, -1] != self.counts[:, 0])

    @property
    def reasons(self) -> NDArray[np.int8]:
        """The place in STEPS of what decided, (n,): the last step that moved the count.

        0 where none did, 1 (freshness) where that is because nothing is known. A service that
        stays where it is for another reason than before is worth an event.
        """
        moved = np.diff(self.counts, axis=1) != 0
        last = moved.shape[1] - np.argmax(moved[:, ::-1], axis=1)
        dark = (self.numbers["signals"] > 0) & (self.numbers["silent"] == self.numbers["signals"])
        idle = np.where(dark, FRESHNESS, 0)
        return np.where(moved.any(axis=1), last, idle).astype(np.int8)


def decide(
    policies: Policies,
    observation: Observation,
    history: History,
    now: float,
    quotas: Quotas | None = None,
    scheduled: Scheduled | None = None,
    spoken: Spoken | None = None,
) -> Decision:
    """The decision at `now` (seconds, the clock of the history) over n services at once.

    All arguments have the same n services in the same order; the services of a team belong into
    one call, so that its quota is shared out once. Without `quotas` there is no limit, without what
    is `scheduled` neither a floor nor a ceiling; `spoken` is what `learning.spoke` says of those
    that learn. The same arguments give the same decision; none is changed. scaling.md, section 5.
    """
    read = fresh(policies, observation)
    capacity = _learned(policies, read, history, now)
    heard = spoken or silence(len(policies))
    found, numbers = proposals(policies, read, history, capacity, heard, now)
    desired = read.desired
    numbers |= {"desired": desired, "ready": read.ready, "wanted": highest(found.count)}
    numbers |= knowledge(policies, found, history, desired, now)
    numbers |= band(found, policies.tolerance, desired)
    counts = walked(numbers, STEPS[: TOLERANCE + 1], desired)
    numbers |= stabilization.window(policies, history, desired, counts[-1], now)
    numbers |= rate.limits(policies, history, desired, now) | cooldown.left(policies, history, now)
    numbers |= schedule.limits(scheduled, len(policies), now)
    numbers |= override.in_force(read, now) | bounds.limits(policies)
    numbers |= placement.room(read) | rollout.state(read)
    counts += walked(numbers, STEPS[TOLERANCE + 1 : QUOTA], counts[-1])
    numbers |= quota.granted(policies, quotas, counts[-1], numbers)
    counts += walked(numbers, STEPS[QUOTA:], counts[-1])
    proposal = said(policies, history, counts[TOLERANCE], numbers, now)
    return Decision(
        np.column_stack(counts).astype(np.int32),
        numbers,
        proposal,
        _remembered(read, history, capacity, proposal, numbers, now),
    )


def _learned(policies: Policies, read: Observation, history: History, now: float) -> Capacity:
    """A repeated reading, a few requests, starting instances, a shrinking backlog teach nothing."""
    started = ~(now - history.up_at < policies.start_up_s + policies.interval_s)
    ended = ~(now - history.down_at < policies.interval_s)
    catches_up = (read.p95_s > policies.latency_s) & (read.mean_s < history.mean_s[:, -1])
    settled = (read.ready >= read.desired) & started & ended & ~catches_up
    settled &= tells(policies, read)
    evidence = Evidence(
        rate=per_instance(read.rate, read.ready),
        mean_s=read.mean_s,
        p95_s=read.p95_s,
        target_s=policies.latency_s,
        settled=settled & is_new(read, history, now),
    )
    return learned(history.capacity, evidence)


def _remembered(
    read: Observation,
    history: History,
    capacity: Capacity,
    proposal: Floats,
    numbers: Numbers,
    now: float,
) -> History:
    since = np.where(np.isnan(history.unknown_since), now, history.unknown_since)
    dark = (numbers["signals"] > 0) & (numbers["silent"] == numbers["signals"])
    noted = proposed(history, proposal, now)
    noted = seen(
        noted, read_at(read, now), numbers["arrivals"], read.mean_s, is_new(read, history, now)
    )
    return replace(noted, capacity=capacity, unknown_since=np.where(dark, since, np.nan))
