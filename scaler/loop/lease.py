"""Whose turn it is to decide about shards."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from platform_admin.models import Shard

LEASE = timedelta(seconds=15)


def take(shards: Collection[int], holder: str, now: datetime) -> list[Shard]:
    """Those of the shards that nobody else has, claimed until the lease ends."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    mine = Shard.objects.filter(free, pk__in=shards)
    if not mine.update(lease_holder=holder, lease_until=now + LEASE):
        return []
    return list(Shard.objects.filter(pk__in=shards, lease_holder=holder).order_by("pk"))


@transaction.atomic(savepoint=False)
def give_back(
    shards: Collection[int], holder: str, decided: datetime | None = None
) -> frozenset[int]:
    """Those of the shards that were still claimed by `holder`; they are free again.

    With `decided` the sample of that moment is noted as decided about, which goes on only: a
    shard that somebody decided about as late or later is not among them.
    """
    held = Shard.objects.select_for_update(no_key=True).filter(pk__in=shards, lease_holder=holder)
    if decided is not None:
        held = held.filter(Q(ticked_at__isnull=True) | Q(ticked_at__lt=decided))
    mine = frozenset(held.order_by("pk").values_list("pk", flat=True))
    ticked = F("ticked_at") if decided is None else decided
    Shard.objects.filter(pk__in=mine).update(lease_holder="", lease_until=None, ticked_at=ticked)
    return mine
