"""Trying a colour."""

from __future__ import annotations

import threading

import pytest

from jobs.edge import Edge, Probe, probe
from tests.jobs.agents import free_ports
from tests.jobs.server import Reply, Server, serving


def edge(server: Server) -> Edge:
    return Edge("traefik", "", "", "", server.url.removeprefix("http://"))


def test_it_asks_as_a_browser_would_and_names_the_colour() -> None:
    with serving(Reply()) as server:
        found = probe(edge(server), "shop-prod-web.localhost", "/health?a=b", "green", 2)
    asked = server.asked[0]
    assert (asked.method, asked.path) == ("GET", "/health?a=b")
    assert asked.headers["Host"] == "shop-prod-web.localhost"
    assert asked.headers["X-Muster-Colour"] == "green"
    assert found == Probe(True, 200, "answered 200")


@pytest.mark.parametrize(
    ("status", "ok"),
    [(200, True), (204, True), (302, True), (400, False), (404, False), (503, False)],
)
def test_a_status_is_good_or_not(status: int, ok: bool) -> None:
    body = b"" if status == 204 else b"why\nnot"
    with serving(Reply(status, body)) as server:
        found = probe(edge(server), "h", "/", "blue", 2)
    assert (found.ok, found.status) == (ok, status)
    assert ok or found.detail == f"answered {status}: why not"


def test_a_redirect_is_not_followed() -> None:
    with serving(Reply()) as other:
        with serving(Reply(302, headers={"Location": other.url})) as server:
            assert probe(edge(server), "h", "/", "blue", 2).status == 302
        assert other.asked == []


def test_it_waits_no_longer_than_it_may() -> None:
    silence = threading.Event()
    with serving(Reply(hang=silence)) as server:
        found = probe(edge(server), "h", "/", "blue", 0.05)
        silence.set()
    assert (found.ok, found.status) == (False, None)
    assert "did not answer in time" in found.detail


def test_an_edge_that_is_not_there_is_a_finding_not_an_error() -> None:
    (port,) = free_ports(1)
    found = probe(Edge("t", "", "", "", f"127.0.0.1:{port}"), "h", "/", "blue", 1)
    assert (found.ok, found.status) == (False, None)
    assert "cannot be reached" in found.detail


def test_a_long_page_is_cut() -> None:
    with serving(Reply(500, b"x" * 100_000)) as server:
        assert len(probe(edge(server), "h", "/", "blue", 2).detail) < 250
