"""Nomad cut off on purpose: for a while, in every process, and only where that is allowed."""

from __future__ import annotations

import time
from collections.abc import Iterator

import django_rq
import pytest
from pytest_django import Settings
from redis import Redis

from jobs import cut, servers
from jobs.errors import Unavailable
from tests.jobs.server import Reply, Server, serving


@pytest.fixture(autouse=True)
def nothing_cut() -> Iterator[None]:
    """No cut and no client of another test, and none for the next."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    django_rq.get_connection("default").delete(cut.KEY)
    servers.nomad.cache_clear()


@pytest.fixture
def nomad(settings: Settings) -> Iterator[Server]:
    """A Nomad that answers, on a platform whose example may be broken."""
    with serving(Reply(200, b"[]")) as server:
        settings.NOMAD_ADDR, settings.MUSTER_FAULTS = server.url, True
        yield server


def test_while_it_is_cut_nothing_is_asked(nomad: Server) -> None:
    cut.cut_off(20)

    with pytest.raises(Unavailable, match="cut off on purpose"):
        servers.nomad().restart("a")
    with pytest.raises(Unavailable):
        servers.nomad().namespaces()
    assert not servers.nomad().healthy()
    assert nomad.asked == []


def test_it_ends_by_itself(nomad: Server) -> None:
    cut.cut_off(20)
    assert 19 < django_rq.get_connection("default").pttl(cut.KEY) / 1000 <= 20

    cut.cut_off(0.05)
    deadline = time.monotonic() + 5
    while cut.is_cut() and time.monotonic() < deadline:
        pass
    assert servers.nomad().namespaces() == ()


def test_without_the_setting_nobody_looks(nomad: Server, settings: Settings) -> None:
    settings.MUSTER_FAULTS = False
    cut.cut_off(20)

    assert servers.nomad().namespaces() == ()


def test_where_the_keys_server_is_away_nothing_is_cut(
    nomad: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cut, "_server", lambda: Redis(port=1))

    assert servers.nomad().namespaces() == ()
