from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker, Settings

from tests.platform_admin.admin.scene import Scene, make_scene
from tests.platform_admin.verbs.world import make_world

DRIVERS = ["raw_exec"]


@pytest.fixture(autouse=True)
def drivers(settings: Settings) -> None:
    """A cluster that runs archives."""
    settings.MUSTER_DRIVERS = DRIVERS


@pytest.fixture(scope="module")
def shared_scene(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Scene]:
    """One scene for all tests of a file: each test's changes go back to a savepoint inside."""
    folder: Path = tmp_path_factory.mktemp("state")
    with (
        django_db_blocker.unblock(),
        override_settings(MUSTER_STATE=folder, MUSTER_DRIVERS=DRIVERS),
        transaction.atomic(),
    ):
        scene = make_scene(make_world())
        with django_db_blocker.block():
            yield scene
        transaction.set_rollback(True)


@pytest.fixture
def scene(shared_scene: Scene, db: None) -> Scene:
    """The scene, whose rows in memory are this test's own too."""
    return deepcopy(shared_scene)
