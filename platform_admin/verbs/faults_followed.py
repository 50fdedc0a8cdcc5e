"""What became of faults, written down by the observer: it alone knows what runs."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from redis import RedisError

from platform_admin.models import Fault, Instance
from platform_admin.rules.faults import OF_AN_INSTANCE, failed_in
from platform_admin.verbs.traffic import FAILURE_SLOT_S, Traffic, traffic

FOLLOWED = timedelta(minutes=10)
_log = logging.getLogger(__name__)


def follow_faults(cell: int, now: datetime) -> None:
    """Nothing; called after each observation of the cell, when what was seen is stored."""
    faults = Fault.objects.filter(
        service__environment__cell=cell, refused="", at__gt=now - FOLLOWED
    ).select_related("service__environment__cell")
    for fault in faults:
        before = (fault.replaced_at, fault.ended_at, fault.failed)
        if fault.ended_at is None:
            _end(fault, now)
        _count(fault, now)
        if before != (fault.replaced_at, fault.ended_at, fault.failed):
            fault.save(update_fields=["replaced_by", "replaced_at", "ended_at", "failed"])


def _end(fault: Fault, now: datetime) -> None:
    seen_at = fault.service.environment.cell.observed_at
    if fault.kind in OF_AN_INSTANCE:
        _end_of_instance(fault, now)
    elif seen_at is not None and seen_at >= fault.until:
        fault.ended_at = now


def _end_of_instance(fault: Fault, now: datetime) -> None:
    """Nomad gives another one the same number; one that it started again is the same one."""
    found = Instance.objects.filter(
        service=fault.service, job=fault.job, number=fault.number or 0, started_at__gt=fault.at
    ).order_by("started_at")
    other = found.filter(ended=False, draining=False).last()
    if other is None:
        return
    if not fault.replaced_by:
        fault.replaced_by, fault.replaced_at = other.allocation, other.started_at
    if other.healthy:
        fault.ended_at = now


def _count(fault: Fault, now: datetime) -> None:
    """The failed requests, where traffic was on its way when it began; else nothing is known."""
    sent = _sent(fault)
    if sent is None or sent.since is None or not sent.since <= fault.at <= sent.until:
        return
    over = fault.ended_at or min(fault.until, now)
    fault.failed = failed_in(fault.kind, fault.at, over, sent.failures, FAILURE_SLOT_S)


def _sent(fault: Fault) -> Traffic | None:
    try:
        return traffic(fault.service.environment)
    except RedisError as error:
        _log.warning("what traffic is sent is not known: %s", error)
        return None
