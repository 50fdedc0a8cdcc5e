from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.jobs.git.repository import Repository, Served, served
from tests.platform_admin.verbs.conftest import kept_world, state, world

__all__ = ["kept_world", "state", "world"]

FILES = {"web.py": "print('one')\n", "services/api/api.py": "print('api')\n"}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository whose branch has one commit."""
    made = Repository(tmp_path / "web.git")
    made.commit(FILES)
    return made


@pytest.fixture
def git(repository: Repository, tmp_path: Path, settings: Settings) -> Iterator[Served]:
    """Its server, which Muster may reach and trusts."""
    settings.MUSTER_EXTERNAL_NETWORKS = ["127.0.0.0/8"]
    with served(repository, tmp_path) as found:
        settings.MUSTER_GIT_CACERT = str(found.certificate)
        yield found
