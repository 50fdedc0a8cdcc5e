from __future__ import annotations

from datetime import UTC, datetime

import pytest

from platform_admin.models import Colour, Launches, Service
from tests.jobs.deploy.driven.conftest import cluster, kept_world, world
from tests.jobs.deploy.driven.drive import drive, queued
from tests.jobs.inside import Inside
from tests.platform_admin.verbs.world import World

__all__ = ["cluster", "kept_world", "world"]

BEGAN = datetime(2026, 5, 4, 10, 0, 30, tzinfo=UTC)
"""From here on launches are looked for."""


@pytest.fixture
def cron(world: World, cluster: Inside) -> Service:
    """A cron that is live and comes every hour."""
    service = world.service("report", kind="cron", port=None, schedule="0 * * * *", maximum=1)
    drive(cluster, queued(world))
    Launches.objects.filter(service=service).update(checked_until=BEGAN)
    service.refresh_from_db()
    return service


@pytest.fixture
def worker(world: World, cluster: Inside) -> Service:
    """A worker that is live."""
    service = world.worker()
    drive(cluster, queued(world))
    assert Colour.objects.get(service=service, colour="blue").release is not None
    service.refresh_from_db()
    return service
