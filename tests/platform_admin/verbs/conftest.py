from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.platform_admin.verbs.world import World, make_world


@pytest.fixture(autouse=True)
def state(tmp_path: Path, settings: Settings) -> Path:
    """A folder of this test's own for artifacts, and a cluster that runs archives."""
    settings.MUSTER_STATE = tmp_path
    settings.MUSTER_DRIVERS = ["raw_exec", "docker"]
    return tmp_path


@pytest.fixture
def world(db: None) -> World:
    return make_world()
