"""The session under the doors."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from jobs.session import session
from tests.jobs.server import Reply, serving


def test_it_sends_no_login_of_a_netrc_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password s3cret")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(Reply()) as server, session() as http:
        http.get(server.url, timeout=5)
    assert "Authorization" not in server.asked[0].headers


def test_it_takes_no_proxy_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with serving(Reply()) as server, session() as http:
        assert http.get(server.url, timeout=5).ok


def test_it_follows_no_redirect_because_the_token_would_go_along() -> None:
    with serving(Reply()) as other, session() as http:
        moved = Reply(307, headers={"Location": other.url})
        with serving(moved) as server, pytest.raises(requests.TooManyRedirects):
            http.put(server.url, headers={"X-Nomad-Token": "s3cret"}, timeout=5)
    assert other.asked == []


def test_it_keeps_no_cookies() -> None:
    with serving(Reply(headers={"Set-Cookie": "a=b"})) as server, session() as http:
        http.get(server.url, timeout=5)
        http.get(server.url, timeout=5)
    assert "Cookie" not in server.asked[1].headers


def test_a_single_time_out_leaves_the_one_for_connecting_short(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[object] = []

    def send(*arguments: object, **named: object) -> requests.Response:
        seen.append(arguments[3])
        return requests.Response()

    monkeypatch.setattr("requests.adapters.HTTPAdapter.send", send)
    adapter = session().get_adapter("http://x")
    for given in (10.0, (1.0, 30.0)):
        adapter.send(requests.PreparedRequest(), timeout=given)
    assert seen == [(2.0, 10.0), (1.0, 30.0)]
