from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.kept import Kept, kept
from tests.platform_admin.verbs.world import World, make_world

DRIVERS = ["raw_exec", "docker"]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, settings: Settings) -> Path:
    """A folder of this test's own for artifacts, and a cluster that runs archives."""
    settings.MUSTER_STATE = tmp_path
    settings.MUSTER_DRIVERS = DRIVERS
    return tmp_path


@pytest.fixture(scope="module")
def kept_world(request: pytest.FixtureRequest) -> Iterator[Kept[World]]:
    yield from kept(make_world, request, DRIVERS)


@pytest.fixture
def world(kept_world: Kept[World], db: None, tmp_path: Path) -> World:
    return kept_world.given(tmp_path)
