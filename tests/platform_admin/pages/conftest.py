from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from jobs import servers
from tests.kept import Kept, kept
from tests.platform_admin.pages.site import Site, make_site

DRIVERS = ["raw_exec", "docker"]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, settings: Settings) -> Path:
    """A folder of this test's own for artifacts, a cluster that is away and would run archives."""
    settings.MUSTER_STATE = tmp_path
    settings.MUSTER_DRIVERS = DRIVERS
    servers.nomad.cache_clear()
    servers.consul.cache_clear()
    return tmp_path


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test has changed shows at once."""
    monkeypatch.setattr("platform_admin.live.fragment.SHARED_S", 0.0)


@pytest.fixture(scope="module")
def kept_site(request: pytest.FixtureRequest) -> Iterator[Kept[Site]]:
    yield from kept(make_site, request, DRIVERS)


@pytest.fixture
def site(kept_site: Kept[Site], db: None, tmp_path: Path) -> Site:
    return kept_site.given(tmp_path)


class Clock:
    """A clock that stands still, in the middle of every bucket of a chart."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 15, 0, 15, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time that pages see."""
    standing = Clock()
    monkeypatch.setattr(timezone, "now", standing)
    return standing
