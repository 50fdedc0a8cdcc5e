from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings

from jobs import servers
from platform_admin.models import Service
from platform_admin.verbs import quota
from platform_admin.verbs.releases import release
from tests.jobs.deploy.stored.nomad import Nomad
from tests.kept import Kept, kept
from tests.platform_admin.verbs.rows import make_live
from tests.platform_admin.verbs.world import World, make_world

DRIVERS = ["raw_exec"]


@pytest.fixture(scope="module")
def kept_world(request: pytest.FixtureRequest) -> Iterator[Kept[World]]:
    yield from kept(make_world, request, DRIVERS)


@pytest.fixture
def world(kept_world: Kept[World], db: None, settings: Settings, tmp_path: Path) -> World:
    settings.MUSTER_STATE = tmp_path
    settings.MUSTER_DRIVERS = DRIVERS
    return kept_world.given(tmp_path)


@pytest.fixture
def nomad(monkeypatch: pytest.MonkeyPatch) -> Nomad:
    server = Nomad()
    monkeypatch.setattr(servers, "nomad", lambda: server)
    return server


@pytest.fixture
def web(world: World, nomad: Nomad) -> Service:
    """A web service that is live on blue with two instances, as Nomad has acknowledged."""
    service = world.service("web", minimum=1, maximum=5)
    Service.objects.filter(pk=service.pk).update(desired=2)
    make_live(service, release(world.dana, world.environment))
    nomad.put("shop-production-web-blue", 2)
    nomad.put("shop-production-web-green", 0)
    live = nomad.jobs["shop-production-web-blue"]
    service.colours.filter(colour="blue").update(index=live.job_modify_index)
    with transaction.atomic():
        quota.reserve(quota.locked(world.team), service)
    service.refresh_from_db()
    return service
