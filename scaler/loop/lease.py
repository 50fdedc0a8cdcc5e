"""Whose turn it is to decide about a shard."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q

from platform_admin.models import Shard

LEASE = timedelta(seconds=15)


def take(shard: int, holder: str, now: datetime) -> Shard | None:
    """The shard, claimed until the lease ends; None where somebody else has it."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    mine = Shard.objects.filter(free, pk=shard).update(lease_holder=holder, lease_until=now + LEASE)
    return Shard.objects.get(pk=shard) if mine == 1 else None


def give_back(shard: int, holder: str, decided: datetime | None = None) -> bool:
    """Whether the shard was still claimed by `holder`; then it is free again.

    With `decided` the sample of that moment is noted as decided about, which goes on only.
    """
    held = Shard.objects.filter(pk=shard, lease_holder=holder)
    if decided is not None:
        held = held.filter(Q(ticked_at__isnull=True) | Q(ticked_at__lt=decided))
    ticked = F("ticked_at") if decided is None else decided
    return held.update(lease_holder="", lease_until=None, ticked_at=ticked) == 1
