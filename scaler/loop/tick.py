"""Deciding: about the services of a shard, from its newest sample."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connection, transaction

from platform_admin.models import ScalingEvent, Shard, Tick
from platform_admin.verbs.scaling import Decided, note, scale
from scaler.loop import lease
from scaler.loop.made import Made, make
from scaler.loop.memory import packed, stored
from scaler.rules.events import event
from scaler.rules.policies import KINDS
from scaler.rules.steps import STEPS
from scaler.samples import ticks

TOLD_AGAIN = timedelta(minutes=10)
_log = logging.getLogger(__name__)


def tick(shard: int, now: datetime | None = None) -> int:
    """How many services were given another count; 0 where another tick has the shard or had it.

    What was decided is stored before anything is changed: a worker that dies in between leaves
    the changes to the next tick, which decides again from the same rows.
    """
    began, at, holder = time.monotonic(), now or datetime.now(UTC), uuid.uuid4().hex
    claimed = lease.take(shard, holder, at)
    if claimed is None:
        return 0
    made = _made(claimed, holder, at)
    if made is None or not _stored(claimed, holder, made):
        return 0
    changed = _applied(made)
    ms = (time.monotonic() - began) * 1000
    _log.info("%s: %d services, %d changes, %.0f ms", claimed, len(made.state), changed, ms)
    return changed


def _made(shard: Shard, holder: str, at: datetime) -> Made | None:
    """The decision about the newest sample; without one the shard is free again."""
    try:
        sample = ticks.newest(shard.pk, shard.ticked_at)
        if sample is not None:
            return make(shard, sample, at)
    except BaseException:
        lease.give_back(shard.pk, holder)
        raise
    lease.give_back(shard.pk, holder)
    return None


@transaction.atomic
def _stored(shard: Shard, holder: str, made: Made) -> bool:
    """Whether the tick's stages were stored: not where the lease ended and another one did it."""
    if not lease.give_back(shard.pk, holder, made.sample.at):
        return False
    services, news = made.state.services, _news(made)
    if len(services) != len(made.sample.services) or (services != made.sample.services).any():
        _reshape(made)
    Tick.objects.filter(pk=made.sample.tick).update(
        decided_at=made.now,
        counts=stored(made.decision).astype("<i2").tobytes(),
        memory=packed(made.decision.history, made.last, made.at).astype("<f4").tobytes(),
        told=made.told(news).astype("<i1").tobytes(),
    )
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


def _reshape(made: Made) -> None:
    """Brings the row to the services that were decided about: some came or went since."""
    table = made.table.astype("<f4")
    Tick.objects.filter(pk=made.sample.tick).update(
        services=made.state.services.astype("<i8").tobytes(), samples=table.tobytes()
    )


def _applied(made: Made) -> int:
    """How many counts were written, team by team; one team's trouble is not the others'."""
    changed = 0
    for team, places in _by_team(made).items():
        try:
            written = scale(team, _decided(made, places), made.sample.at)
        except Exception as error:
            if isinstance(error, DatabaseError) and not connection.is_usable():
                raise
            _log.exception("team %s: nothing was scaled", team)
        else:
            changed += len(written.applied)
    return changed


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
    told = event(made.decision, place, made.at)
    return Decided(
        service=int(made.state.services[place]),
        version=int(made.state.version[place]),
        policy_version=int(made.state.policy_version[place]),
        before=told.start,
        count=told.end,
        step=STEPS[made.reasons[place]],
        counts=told.counts,
        numbers={name: float(f"{figure:.6g}") for name, figure in told.numbers.items()},
    )
