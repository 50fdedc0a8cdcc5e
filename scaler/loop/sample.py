"""Measuring: once a cell and interval, for all of its services at once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import django_rq
import numpy as np
from django.conf import settings
from django.db.models import Q

from platform_admin.models import Cell, Shard
from platform_admin.verbs.faults import silent_services
from scaler.loop.asking import Cellful, cellful
from scaler.loop.gather import fill, gathered
from scaler.loop.silence import hush
from scaler.rules.arrays import Ints
from scaler.samples import ticks
from scaler.samples.series import Row
from scaler.sources import SOURCES
from scaler.sources.instances import instances

QUEUE = "scale"
SERVICES_A_JOB = 1000
SAMPLE, TICK = "scaler.loop.sample.sample", "scaler.loop.tick.tick"
_log = logging.getLogger(__name__)


def every() -> None:
    """Enqueues a sample for each cell; one that waits for a whole interval is dropped."""
    for cell in Cell.objects.values_list("pk", flat=True):
        _enqueue(SAMPLE, cell)


def sample(cell: int, now: datetime | None = None) -> tuple[int, ...]:
    """The shards that have something to decide, ticks enqueued for them; () for the second one.

    Of two samples in one interval only the first measures: the cell's row says who that is.
    """
    at = now or datetime.now(UTC)
    if not _claimed(cell, at):
        return ()
    asks = cellful(cell, at.timestamp())
    table, failures = measured(asks, cell)
    shards = _shards(cell, asks)
    ticks.write(at, asks.services, table, shards)
    _tell(cell, failures)
    for some in _jobs(shards):
        _enqueue(TICK, some)
    return tuple(shards)


def measured(asks: Cellful, cell: int) -> tuple[Row, tuple[str, ...]]:
    """The table of series for the services, and what could not be measured."""
    table, failures = gathered(SOURCES, asks.asked)
    if settings.MUSTER_FAULTS:
        at = datetime.fromtimestamp(asks.asked.now, UTC)
        hush(table, asks.services, silent_services(cell, at))
    for name, column in asks.standing.items():
        fill(table, name, column)
    for name, column in instances(cell, asks.services, asks.asked.now).items():
        fill(table, name, column)
    return table, failures


def _claimed(cell: int, at: datetime) -> bool:
    """Whether nobody else measures in this interval: cron's clock may be off by a fifth of it."""
    since = at - timedelta(seconds=0.8 * settings.MUSTER_SCALING_INTERVAL_S)
    free = Q(sampled_at__isnull=True) | Q(sampled_at__lte=since)
    return Cell.objects.filter(free, pk=cell).update(sampled_at=at) == 1


def _shards(cell: int, asks: Cellful) -> dict[int, Ints]:
    """The places of the services in each shard that has some, by the shard's key."""
    keys = dict(Shard.objects.filter(cell=cell).values_list("number", "pk"))
    return {
        keys[number]: np.flatnonzero(asks.shards == number)
        for number in np.unique(asks.shards).tolist()
        if number in keys
    }


def _jobs(shards: Mapping[int, Ints]) -> list[list[int]]:
    """The shards in as many jobs as several workers may share, and no more.

    Most of what a tick costs is the same for one service and for a thousand.
    """
    jobs: list[list[int]] = []
    services = SERVICES_A_JOB
    for shard, places in shards.items():
        if services + len(places) > SERVICES_A_JOB:
            jobs.append([])
            services = 0
        jobs[-1].append(shard)
        services += len(places)
    return jobs


def _tell(cell: int, failures: tuple[str, ...]) -> None:
    """One line in the log and one row when something new can not be measured, not one a tick."""
    said = "; ".join(failures)[:400]
    if Cell.objects.filter(pk=cell).exclude(sampling_error=said).update(sampling_error=said):
        _log.warning("cell %s: %s", cell, said or "everything is measured again")


def _enqueue(dotted_name: str, key: int | list[int]) -> None:
    interval_s = settings.MUSTER_SCALING_INTERVAL_S
    django_rq.get_queue(QUEUE).enqueue(
        dotted_name, key, ttl=interval_s, result_ttl=0, failure_ttl=3600, job_timeout=60
    )
