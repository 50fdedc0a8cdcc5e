"""Why a service's count is what it is, now: for pages, without a trace."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from platform_admin.models import SHARDS, Service, Shard, Tick
from scaler.loop.made import make
from scaler.loop.state import state
from scaler.rules.events import Event, event
from scaler.samples.ticks import sample_of


def explained(service: Service, now: datetime | None = None) -> Event | None:
    """The decision about the service at the newest sample, made again; None before there is one.

    The services of its team are decided about with it, because they share the quota. Nothing is
    written. The same sample and rows give the same answer: keep it for as long as they stay.
    """
    team, cell = service.environment.app.team_id, service.environment.cell_id
    shard = Shard.objects.filter(cell=cell, number=team % SHARDS).first()
    row = Tick.objects.filter(shard=shard).order_by("-at").first() if shard else None
    if shard is None or row is None:
        return None
    own = state(Service.objects.filter(environment__cell=cell, environment__app__team=team))
    made = make(shard, sample_of(row), now or datetime.now(UTC), own)
    place = int(np.flatnonzero(own.services == service.pk)[0])
    return event(made.decision, place, made.at)
