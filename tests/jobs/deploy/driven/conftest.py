from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from jobs import servers
from platform_admin.models import Service
from tests.jobs.deploy.driven.standing import stand
from tests.jobs.inside import Inside, inside
from tests.kept import Kept, kept
from tests.platform_admin.verbs.world import World, make_world

DRIVERS = ["raw_exec"]


@pytest.fixture(scope="module")
def kept_world(request: pytest.FixtureRequest) -> Iterator[Kept[World]]:
    yield from kept(make_world, request, DRIVERS)


@pytest.fixture
def world(kept_world: Kept[World], db: None, settings: Settings, tmp_path: Path) -> World:
    settings.MUSTER_STATE = tmp_path
    settings.MUSTER_DRIVERS = DRIVERS
    settings.MUSTER_REDIS_COMMAND = "valkey-server"
    return kept_world.given(tmp_path)


@pytest.fixture
def cluster(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Inside]:
    """A cluster with one edge, or with as many as the test's parameter says."""
    with inside(tmp_path, edges=getattr(request, "param", 1)) as found:
        monkeypatch.setattr(servers, "nomad", lambda: found.nomad)
        monkeypatch.setattr(servers, "consul", lambda: found.consul)
        yield found


@pytest.fixture
def web(world: World, cluster: Inside) -> Service:
    """A web service that is live on blue with two healthy instances."""
    return stand(world, cluster, world.service("web"))
