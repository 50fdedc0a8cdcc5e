"""A clock that was set back: what it wrote before would hold everything up until it is there again.

Leases, ages and turns are moments, so that several machines can share them. Between machines whose
clocks agree none lies ahead, but for leases and what is due again, and those by a minute at most.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from platform_admin.models import (
    Cell,
    Colour,
    Deployment,
    Instance,
    Learned,
    Rollout,
    ScalingEvent,
    Service,
    Shard,
    Tick,
)

AHEAD = timedelta(minutes=2)
_log = logging.getLogger(__name__)


def was_set_back(cell: Cell, now: datetime) -> bool:
    """Whether the cell was observed at a moment that is yet to come."""
    return cell.observed_at is not None and cell.observed_at > now + AHEAD


@transaction.atomic
def bring_back(now: datetime) -> None:
    """Nothing; no moment by which Muster decides lies ahead of `now` by more than two minutes.

    What was measured ahead is forgotten. What people chose stays: an override ends at its time.
    """
    _log.warning("the clock was set back: what was written ahead of it counts from %s on", now)
    late = now + AHEAD
    Cell.objects.filter(observed_at__gt=late).update(observed_at=None)
    Cell.objects.filter(sampled_at__gt=late).update(sampled_at=None)
    Shard.objects.filter(Q(ticked_at__gt=late) | Q(lease_until__gt=late)).update(
        ticked_at=None, lease_holder="", lease_until=None
    )
    Tick.objects.filter(at__gt=late).delete()
    Learned.objects.filter(at__gt=late).update(at=now)
    Deployment.objects.filter(lease_until__gt=late).update(lease_holder="", lease_until=None)
    Deployment.objects.filter(due_at__gt=late).update(due_at=None)
    Deployment.objects.filter(state_at__gt=late).update(state_at=now)
    Rollout.objects.filter(state_at__gt=late).update(state_at=now)
    Colour.objects.filter(acknowledged_at__gt=late).update(acknowledged_at=now)
    Colour.objects.filter(compared_at__gt=late).update(compared_at=None)
    Service.objects.filter(desired_at__gt=late).update(desired_at=now)
    Instance.objects.filter(seen_at__gt=late).update(seen_at=now)
    ScalingEvent.objects.filter(at__gt=late).update(at=now)
