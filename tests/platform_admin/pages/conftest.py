from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from jobs import servers
from tests.platform_admin.pages.site import Site, make_site


@pytest.fixture(autouse=True)
def state(tmp_path: Path, settings: Settings) -> Path:
    """A folder of this test's own for artifacts, a cluster that is away and would run archives."""
    settings.MUSTER_STATE = tmp_path
    settings.MUSTER_DRIVERS = ["raw_exec", "docker"]
    servers.nomad.cache_clear()
    servers.consul.cache_clear()
    return tmp_path


@pytest.fixture
def site(db: None) -> Site:
    return make_site()
