"""What the policies that learn remember: warm in this process, and kept so that another goes on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from django.conf import settings

from platform_admin.models import Learned, Tick
from scaler.loop.observe import observation
from scaler.loop.state import State
from scaler.policies.frozen import frozen, thawed
from scaler.policies.readings import INTERVAL_S
from scaler.rules.arrays import Floats, Ints
from scaler.rules.freshness import fresh
from scaler.rules.learning import (
    LONGEST_GAP,
    Learners,
    learns_deadline,
    learns_latency,
    nobody,
    spoke,
)
from scaler.rules.policies import Policies
from scaler.rules.spoken import Spoken, silence, together
from scaler.samples.series import aligned, column
from scaler.samples.ticks import Sample, sample_of

KEPT_EVERY_S = 600.0
"""What is remembered is written so often; who goes on from there reads the ticks since."""
_warm: dict[int, Learners] = {}


def spoken(shards: Mapping[int, Ints], policies: Policies, state: State, sample: Sample) -> Spoken:
    """What is wanted of the state's services that learn, (n,), by the sample.

    `shards`: the places of each shard's services.
    """
    said, learns = silence(len(state)), learns_latency(policies) | learns_deadline(policies)
    for shard, places in shards.items():
        if not learns[places].any():
            _warm.pop(shard, None)
            continue
        learners = _warm.pop(shard, None) or _kept(shard)
        for missed in _between(learners.at, shard, sample.at):
            _, learners = _heard(learners, policies, state, missed, places)
        mine, _warm[shard] = _heard(learners, policies, state, sample, places)
        said = together(said, mine)
    return said


def keep(shards: Sequence[int], at: datetime) -> None:
    """Writes what is remembered of one of the shards of which that was not done for KEPT_EVERY_S.

    Of one at a time, so that no tick takes much longer than another.
    """
    since = at - timedelta(seconds=KEPT_EVERY_S)
    mine = [shard for shard in shards if shard in _warm]
    fresh_ones = Learned.objects.filter(shard__in=mine, at__gt=since)
    done = set(fresh_ones.values_list("shard_id", flat=True)) if mine else set()
    for shard in mine:
        if shard not in done:
            row = {"at": _moment(_warm[shard].at), "state": frozen(_warm[shard])}
            Learned.objects.update_or_create(shard_id=shard, defaults=row)
            return


def forget() -> None:
    """Nothing is warm any more, as in a new process."""
    _warm.clear()


def _kept(shard: int) -> Learners:
    row = Learned.objects.filter(shard=shard).first()
    if row is None:
        return nobody()
    return thawed(bytes(row.state), nobody()) or nobody()


def _heard(
    learners: Learners, policies: Policies, state: State, sample: Sample, places: Ints
) -> tuple[Spoken, Learners]:
    """What they say of a sample, however long ago that was: what is wanted is that of then.

    So are the times that an instance takes to start and to end.
    """

    def then(name: str, now: Floats) -> Floats:
        known = column(sample.table, name)[np.newaxis]
        [found] = aligned(known, sample.services, state.services, np.nan)
        return np.where(np.isnan(found), now, found)

    seen = fresh(policies, observation(sample, state))
    seen = replace(seen, desired=then("desired", seen.desired))
    policies = replace(
        policies,
        start_up_s=then("start_up_s", policies.start_up_s),
        stop_s=then("stop_s", policies.stop_s),
    )
    at, holds = sample.at.timestamp(), state.limits.holds
    return spoke(learners, policies, seen, state.services, places, at, holds)


def _between(last: float, shard: int, at: datetime) -> Iterator[Sample]:
    """The samples of the shard that were not heard, where more than one may be missing.

    Of LONGEST_GAP readings at most: what is older counts as lost, so that no tick takes too long.
    """
    missed_s = at.timestamp() - last
    if not 1.5 * settings.MUSTER_SCALING_INTERVAL_S < missed_s < math.inf:
        return
    since = _moment(max(last, at.timestamp() - LONGEST_GAP * INTERVAL_S))
    rows = Tick.objects.filter(shard=shard, at__gt=since, at__lt=at).order_by("at")
    for row in rows.only("at", "shard_id", "services", "samples").iterator():
        yield sample_of(row)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
