"""A Valkey that takes connections and never answers keeps no page up."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from django.test import Client
from django_rq import settings as queues

from platform_admin.pages.briefly import WITHIN_S
from tests.platform_admin.pages.site import Site


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        for name in queues.QUEUES:
            monkeypatch.setitem(queues.QUEUES, name, {"URL": url})
        yield


@pytest.mark.parametrize("address", ["/status/", "/admin/"])
def test_a_page_waits_for_it_about_a_second(hanging: None, site: Site, address: str) -> None:
    began = time.monotonic()

    assert site.olga.browser.get(address).status_code == 200
    assert WITHIN_S <= time.monotonic() - began < 3 * WITHIN_S


def test_so_does_the_health_page(hanging: None, db: None, client: Client) -> None:
    began = time.monotonic()

    assert client.get("/healthz").status_code == 503
    assert time.monotonic() - began < 2 * WITHIN_S
