"""Who works on a deployment: a lease in its row, taken by a conditional UPDATE."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import Q

from platform_admin.models import Deployment

LEASE = timedelta(seconds=60)


class LeaseLost(Exception):
    """Somebody else works on the deployment now: stop without writing."""


def take(deployment_id: int, holder: str) -> bool:
    """Whether `holder` has the lease now: nobody had it, or theirs has run out."""
    now = datetime.now(UTC)
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    open_ones = Deployment.objects.exclude(state__in=Deployment.ENDED)
    taken = open_ones.filter(free, pk=deployment_id).update(
        lease_holder=holder, lease_until=now + LEASE
    )
    return taken == 1


def keep(deployment_id: int, holder: str) -> None:
    """Renew the lease before a write outside; raises LeaseLost when it is another's."""
    now = datetime.now(UTC)
    kept = Deployment.objects.filter(
        pk=deployment_id, lease_holder=holder, lease_until__gt=now
    ).update(lease_until=now + LEASE)
    if kept != 1:
        raise LeaseLost(f"deployment {deployment_id} is worked on by another")


def give_back(deployment_id: int, holder: str, due_at: datetime) -> None:
    """End the lease, and say when the deployment is to be looked at again."""
    Deployment.objects.filter(pk=deployment_id, lease_holder=holder).update(
        lease_holder="", lease_until=None, due_at=due_at
    )
