"""The door to Consul, against a real HTTP server."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable

import pytest

from jobs.attempts import Patience
from jobs.consul.door import Door
from jobs.consul.settings import ConsulSettings
from jobs.errors import ClusterError, Conflict, Forbidden, Missing, Refused, Unavailable
from tests.jobs.agents import free_ports
from tests.jobs.server import Reply, Server, serving, told

TOKEN = "s3cret-token"
AT_ONCE = Patience(sleep=lambda _: None)


def door(server: Server, token: str = TOKEN) -> Door:
    return Door(ConsulSettings(server.url, token), AT_ONCE)


def failure(call: Callable[[], object]) -> ClusterError | None:
    """What the call raises, nothing where it returns."""
    try:
        call()
    except ClusterError as error:
        return error
    return None


@pytest.mark.parametrize(("method", "path"), [("get", "query"), ("put", "txn"), ("post", "query")])
def test_every_call_carries_the_token_in_its_header_alone(method: str, path: str) -> None:
    with serving(told([], X_Consul_Index="7")) as server:
        answer = door(server).ask(method, path, {"recurse": "1"}, {"a": 1})
    asked = server.asked[0]
    assert asked.headers["X-Consul-Token"] == TOKEN
    assert TOKEN not in asked.path + asked.body.decode()
    assert asked.path == f"/v1/{path}?recurse=1"
    assert (answer.index, answer.json()) == (7, [])


@pytest.mark.parametrize("token", [TOKEN, ""])
def test_a_token_of_the_environment_never_replaces_the_settings(
    monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("CONSUL_HTTP_TOKEN", "of-the-environment")
    monkeypatch.setenv("CONSUL_HTTP_ADDR", "http://127.0.0.1:1")
    monkeypatch.setenv("CONSUL_HTTP_SSL", "true")
    with serving(Reply()) as server:
        door(server, token).ask("get", "status/leader")
    assert server.asked[0].headers.get("X-Consul-Token", "") == token


def test_an_address_needs_no_scheme() -> None:
    with serving(told("x")) as server:
        bare = Door(ConsulSettings(server.url.removeprefix("http://")), AT_ONCE)
        assert bare.ask("get", "status/leader").json() == "x"


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (307, "", Refused),
        (400, "Missing service name", Refused),
        (403, "Permission denied", Forbidden),
        (403, "ACL not found", Forbidden),
        (404, "", Missing),
        (409, '{"Results": null, "Errors": []}', Conflict),
        (413, "Transaction contains too many operations (65 > 64)", Refused),
        (429, "", Unavailable),
        (500, "No cluster leader", Unavailable),
        (500, "rpc error making call: EOF", Unavailable),
        (500, "rpc error making call: Permission denied", Forbidden),
        (500, "Query name must be set", Refused),
        (503, "", Unavailable),
    ],
)
def test_an_answer_has_its_kind(status: int, text: str, kind: type[ClusterError]) -> None:
    with serving(Reply(status, text.encode())) as server, pytest.raises(ClusterError) as caught:
        door(server).tell("put", "txn", body=[])
    assert type(caught.value) is kind
    assert (caught.value.server, caught.value.status) == ("consul", status)


def test_a_list_with_holes_is_forbidden_not_short() -> None:
    filtered = Reply(200, b"[]", {"X-Consul-Results-Filtered-By-ACLs": "true"})
    with serving(filtered) as server, pytest.raises(Forbidden):
        door(server).ask("get", "catalog/services")


def test_what_may_be_repeated_is_repeated_and_the_rest_is_sent_once() -> None:
    with serving(Reply(cut=True), Reply(503), told([1]), Reply(503)) as server:
        assert door(server).ask("get", "kv/a").json() == [1]
        with pytest.raises(Unavailable):
            door(server).tell("put", "txn", body=[])
    assert len(server.asked) == 4


def test_a_server_that_does_not_answer_in_time_is_unavailable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jobs.consul.door.READ_S", 0.05)
    silence = threading.Event()
    with serving(Reply(hang=silence)) as server:
        with pytest.raises(Unavailable, match="did not answer in time"):
            door(server).tell("get", "kv/a")
        silence.set()


def test_a_port_where_nobody_listens_is_unavailable() -> None:
    (port,) = free_ports(1)
    with pytest.raises(Unavailable, match="cannot be reached"):
        Door(ConsulSettings(f"127.0.0.1:{port}"), AT_ONCE).ask("get", "kv/a")


def test_a_page_of_a_proxy_is_no_answer() -> None:
    with serving(Reply(200, b"<html>log in</html>")) as server, pytest.raises(Unavailable):
        door(server).ask("get", "kv/a").json()


@pytest.mark.parametrize(
    "reply", [Reply(), Reply(403, b"Permission denied"), Reply(500, b"x"), Reply(cut=True)]
)
def test_the_token_is_in_no_log_and_no_traceback(
    reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = "s3cret-value"
    with serving(reply) as server:
        consul = door(server)
        error = failure(lambda: consul.ask("put", "kv/a", body=body))
    written = "".join(traceback.format_exception(error)) if error else ""
    assert "s3cret" not in written + repr(error) + caplog.text
    assert error is None or error.__context__ is None
    assert "s3cret" not in repr(ConsulSettings("x", TOKEN))
