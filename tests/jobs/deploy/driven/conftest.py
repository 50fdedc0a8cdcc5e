from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from jobs import servers
from tests.jobs.inside import Inside, inside
from tests.platform_admin.verbs.world import World, make_world


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.MUSTER_STATE = tmp_path
    settings.MUSTER_DRIVERS = ["raw_exec"]
    settings.MUSTER_REDIS_COMMAND = "valkey-server"
    return make_world()


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inside]:
    with inside(tmp_path) as found:
        monkeypatch.setattr(servers, "nomad", lambda: found.nomad)
        monkeypatch.setattr(servers, "consul", lambda: found.consul)
        yield found
