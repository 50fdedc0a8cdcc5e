from __future__ import annotations

from collections.abc import Iterator

import pytest

from jobs import servers
from tests.platform_admin.pages.site import Site, make_site


@pytest.fixture
def site(db: None) -> Iterator[Site]:
    """The people and the app of tests of pages; a Nomad that is away unless a test has one."""
    servers.nomad.cache_clear()
    yield make_site()
    servers.nomad.cache_clear()
