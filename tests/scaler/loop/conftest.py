from __future__ import annotations

import pytest

from tests.platform_admin.verbs.conftest import kept_world, state, world
from tests.platform_admin.verbs.world import World
from tests.scaler.loop.scene import Scene

__all__ = ["kept_world", "state", "world"]


@pytest.fixture
def scene(world: World, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """The world with shards, its queue's jobs noted, its sources saying what the test sets."""
    return Scene(world, monkeypatch)
