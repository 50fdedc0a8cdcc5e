from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.cluster import nomad_api
from tests.jobs.logs.written import Written, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[nomad_api.Nomad, str]]:
    """A Nomad API, and its address."""
    with serving(tmp_path_factory.mktemp("nomad")) as found:
        yield found


@pytest.fixture
def write(served: tuple[nomad_api.Nomad, str], tmp_path: Path) -> Written:
    """An instance that has written nothing yet."""
    nomad, url = served
    nomad.folder = tmp_path
    return Written(nomad, url)
