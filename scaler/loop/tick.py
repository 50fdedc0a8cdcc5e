"""Deciding: about the services of shards, from their newest sample."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from django.db import DatabaseError, connection, transaction
from rq.timeouts import BaseTimeoutException

from platform_admin.models import ScalingEvent, Shard, Tick
from platform_admin.verbs.scaling import Decided, note, scale
from scaler.loop import guard, lease, warm
from scaler.loop.made import Made, make
from scaler.loop.memory import packed, stored
from scaler.rules.arrays import Ints
from scaler.rules.events import METRIC_IS, event
from scaler.rules.policies import KINDS
from scaler.rules.steps import STEPS
from scaler.samples import ticks

_WRITE = """
UPDATE platform_admin_tick AS row
SET decided_at = %s, counts = new.counts, memory = new.memory, told = new.told
FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[], %s::bytea[]) AS new (tick, counts, memory, told)
WHERE row.id = new.tick
"""
TOLD_AGAIN = timedelta(minutes=10)
_log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another tick has decided about some of the shards meanwhile."""


def tick(shards: Sequence[int], now: datetime | None = None) -> int:
    """How many services of these shards of a cell were given another count.

    A shard that another tick has, or had, is left to it. What was decided is stored before
    anything is changed: a worker that dies in between leaves the changes to the next tick, which
    decides again from the same rows.
    """
    at = now or datetime.now(UTC)
    try:
        return _decide(shards, at)
    except Exception as error:
        if len(shards) == 1 or _is_everybodys(error):
            raise
        _log.exception("%d shards could not be decided about together: one by one", len(shards))
    return sum(_alone(shard, at) for shard in shards)


def _alone(shard: int, at: datetime) -> int:
    """What `tick` says; one shard's trouble is not the others'."""
    try:
        return _decide([shard], at)
    except Exception as error:
        if _is_everybodys(error):
            raise
        _log.exception("shard %s: nothing was decided", shard)
        return 0


def _decide(shards: Sequence[int], at: datetime) -> int:
    holder = uuid.uuid4().hex
    claimed = lease.take(shards, holder, at)
    try:
        # Nothing is changed before all is stored: what is changed may have to wait.
        stored = [made for made in _made(claimed, holder, at) if _stored(holder, made)]
        changed = sum(_applied(made) for made in stored)
        for made in stored:
            guard.move(made)
    except BaseException:
        lease.give_back([shard.pk for shard in claimed], holder)
        raise
    warm.keep(shards, at)
    return changed


def _made(claimed: Sequence[Shard], holder: str, at: datetime) -> list[Made]:
    """A decision for each moment at which shards were measured last; the others are free again."""
    by_key = {shard.pk: shard for shard in claimed}
    samples = ticks.newest(claimed)
    if idle := by_key.keys() - {row.shard for each in samples for row in each.rows}:
        lease.give_back(idle, holder)
    return [make([by_key[row.shard] for row in each.rows], each, at) for each in samples]


@transaction.atomic
def _stored(holder: str, made: Made) -> bool:
    """Whether the tick's stages were stored: not where the lease ended and another one did it.

    LeaseLost where that one did it for some of the shards.
    """
    shards = frozenset(row.shard for row in made.sample.rows)
    mine = lease.give_back(shards, holder, made.sample.at)
    if mine != shards:
        if mine:
            raise LeaseLost(f"{len(shards - mine)} of {len(shards)} shards")
        return False
    news = _news(made)
    _write(made, news)
    note(_decided(made, news), ScalingEvent.Outcome.HELD, made.sample.at)
    note(_decided(made, made.shadows), ScalingEvent.Outcome.SHADOW, made.sample.at)
    return True


def _news(made: Made) -> list[int]:
    """The places of those that stay for a reason that was not told lately.

    Two reasons that take turns, as at the edge of a window, would else be told at every tick.
    """
    holds = made.holds
    services = [int(made.state.services[place]) for place in holds]
    lately = ScalingEvent.objects.filter(
        service__in=services, outcome=ScalingEvent.Outcome.HELD, at__gt=made.sample.at - TOLD_AGAIN
    )
    told = set(lately.values_list("service_id", "step")) if holds else set()
    names = [STEPS[made.reasons[place]] for place in holds]
    rows = zip(holds, services, names, strict=True)
    return [place for place, service, name in rows if (service, name) not in told]


def _write(made: Made, news: list[int]) -> None:
    """Into each shard's row what was decided about its services, and for the next tick."""
    parts = made.parts
    counts = stored(made.decision).astype("<i2")
    memory = packed(made.decision.history, made.last, made.at).astype("<f4")
    told = made.told(news).astype("<i1")
    columns = [
        [table[..., places].tobytes() for places in parts] for table in (counts, memory, told)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [made.now, [row.tick for row in made.sample.rows], *columns])
    for row, places in zip(made.sample.rows, parts, strict=True):
        if not np.array_equal(made.state.services[places], row.services):
            _reshape(made, row.tick, places)


def _reshape(made: Made, tick: int, places: Ints) -> None:
    """Brings the row to the services that were decided about: some came or went since."""
    Tick.objects.filter(pk=tick).update(
        services=made.state.services[places].astype("<i8").tobytes(),
        samples=made.table[:, places].astype("<f4").tobytes(),
    )


def _applied(made: Made) -> int:
    """How many counts were written: at once, then of those teams alone that were busy meanwhile."""
    began = time.monotonic()
    changed = _scaled_all(made)
    ms = (time.monotonic() - began) * 1000
    what = "%d shards: %d services, %d changes, written in %.0f ms"
    _log.info(what, len(made.sample.rows), len(made.state), changed, ms)
    return changed


def _scaled_all(made: Made) -> int:
    decided = {team: _decided(made, places) for team, places in _by_team(made).items()}
    if not decided:
        return 0
    try:
        written = scale(decided, made.sample.at, wait=False)
        changed, left = len(written.applied), written.busy
    except Exception as error:
        if _is_everybodys(error):
            raise
        _log.exception("%d teams could not be scaled together: one by one", len(decided))
        changed, left = 0, frozenset(decided)
    return changed + sum(_scaled(team, decided[team], made) for team in sorted(left))


def _scaled(team: int, decided: list[Decided], made: Made) -> int:
    """How many counts of a team were written; one team's trouble is not the others'."""
    try:
        return len(scale({team: decided}, made.sample.at).applied)
    except Exception as error:
        if _is_everybodys(error):
            raise
        _log.exception("team %s: nothing was scaled", team)
        return 0


def _is_everybodys(error: Exception) -> bool:
    """Whether it is no single one's trouble: the job's time is over, or the database is away."""
    away = isinstance(error, DatabaseError) and not connection.is_usable()
    return away or isinstance(error, BaseTimeoutException)


def _by_team(made: Made) -> Mapping[int, list[int]]:
    """The places of what is to change, by team, web before private before worker."""
    order = sorted(made.applies, key=lambda place: KINDS.index(made.state.kind[place]))
    found: dict[int, list[int]] = {}
    for place in order:
        found.setdefault(int(made.state.team[place]), []).append(place)
    return found


def _decided(made: Made, places: list[int]) -> list[Decided]:
    return [_one(made, place) for place in places]


def _one(made: Made, place: int) -> Decided:
    told, metric = event(made.decision, place, made.at), made.state.metric[place]
    numbers = {name: float(f"{figure:.6g}") for name, figure in told.numbers.items()}
    return Decided(
        service=int(made.state.services[place]),
        version=int(made.state.version[place]),
        policy_version=int(made.state.policy_version[place]),
        before=told.start,
        count=told.end,
        step=STEPS[made.reasons[place]],
        counts=told.counts,
        numbers=numbers
        | ({f"{METRIC_IS}{metric}": 1.0} if metric else {})
        | made.plans.named(place),
    )
