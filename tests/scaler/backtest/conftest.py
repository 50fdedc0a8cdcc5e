from __future__ import annotations

from collections.abc import Iterator

import pytest

from scaler.loop import warm
from tests.scaler.loop.conftest import kept_world, scene, state, world

__all__ = ["kept_world", "scene", "state", "world"]


@pytest.fixture
def cold() -> Iterator[None]:
    """Nothing is warm from another test, or for one."""
    warm.forget()
    yield
    warm.forget()
