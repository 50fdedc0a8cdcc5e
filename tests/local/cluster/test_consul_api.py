"""What only shows over HTTP: tokens, waiting readers, the file, the checks that run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from local.cluster.consul.checks import Runner

from .consul_client import Answer, Client, consul

SERVICE = {"Name": "web", "ID": "i", "Port": 1, "Address": "127.0.0.1"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with consul(tmp_path / "consul.json") as running:
        yield running


def in_background(client: Client, path: str) -> Queue[Answer]:
    """Where the answer to this request will be."""
    answers: Queue[Answer] = Queue()
    threading.Thread(target=lambda: answers.put(client.call("GET", path)), daemon=True).start()
    return answers


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/kv/a"), ("PUT", "/v1/kv/a"), ("DELETE", "/v1/kv/a"), ("PUT", "/v1/txn"),
     ("PUT", "/v1/agent/service/register"), ("PUT", "/v1/agent/service/deregister/i"),
     ("PUT", "/v1/catalog/register"), ("PUT", "/v1/catalog/deregister"), ("GET", "/v1/agent/self"),
     ("GET", "/v1/query"), ("POST", "/v1/query"), ("GET", "/v1/query/x/execute")],
)  # fmt: skip
def test_nothing_but_the_catalog_answers_without_a_token(
    client: Client, method: str, path: str
) -> None:
    answer = Client(client.address, token=None).call(method, path, [] if "txn" in path else {})
    assert (answer.status, answer.body) == (403, "Permission denied")


@pytest.mark.parametrize(
    ("path", "nothing"),
    [("/v1/catalog/services", {}), ("/v1/catalog/nodes", []), ("/v1/catalog/service/web", []),
     ("/v1/health/service/web", []), ("/v1/health/state/any", []), ("/v1/agent/services", {})],
)  # fmt: skip
def test_the_catalog_is_empty_without_a_token(client: Client, path: str, nothing: object) -> None:
    client.put("/v1/agent/service/register", SERVICE)
    assert client.get(path) != nothing
    assert Client(client.address, token=None).get(path) == nothing
    wrong = Client(client.address, token="wrong").call("GET", path)
    assert (wrong.status, wrong.body) == (403, "ACL not found")


def test_a_token_in_the_address_is_refused(client: Client) -> None:
    nobody = Client(client.address, token=None)
    assert nobody.call("GET", f"/v1/kv/a?token={client.token}").status == 400


def test_a_path_that_is_not_in_the_table_is_a_loud_error(client: Client) -> None:
    answer = client.call("GET", "/v1/session/list")
    assert answer.status == 501
    assert "/v1/session/list" in answer.body


@pytest.mark.parametrize(
    ("read", "write"),
    [
        ("/v1/kv/a/?recurse=", ("/v1/kv/a/b", "1")),
        ("/v1/kv/a/b?", ("/v1/kv/a/b", "1")),
        ("/v1/catalog/services?", ("/v1/agent/service/register", SERVICE)),
        ("/v1/health/service/web?passing=1", ("/v1/agent/service/register", SERVICE)),
        ("/v1/health/state/any?", ("/v1/catalog/register", {
            "Node": "ext-a", "Address": "1.2.3.4", "Check": {"CheckID": "c"}})),
    ],
)  # fmt: skip
def test_a_waiting_reader_is_woken_by_the_change(
    client: Client, read: str, write: tuple[str, object]
) -> None:
    before = client.call("GET", read)
    waiting = in_background(client, f"{read}&index={before.index}&wait=20s")
    assert waiting.empty()
    client.put(*write)
    after = waiting.get(timeout=5)
    assert after.index > before.index
    assert after.body != before.body


def test_a_reader_without_news_is_answered_after_its_wait(client: Client) -> None:
    index = client.call("GET", "/v1/catalog/services").index
    answer = client.call("GET", f"/v1/catalog/services?index={index}&wait=20ms")
    assert (answer.status, answer.index) == (200, index)


def test_a_registered_service_passes_as_soon_as_its_check_does(client: Client) -> None:
    index = client.call("GET", "/v1/health/service/web").index
    here = client.address.removeprefix("http://")
    client.put("/v1/agent/service/register", {**SERVICE, "Check": {"TCP": here, "Interval": "1s"}})
    rows: list[object] = []
    while not rows:
        answer = client.call("GET", f"/v1/health/service/web?passing=1&index={index}&wait=5s")
        assert answer.index > index, "no news within 5 s"
        rows, index = answer.body, answer.index


def test_a_restart_finds_everything_and_goes_on_checking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = {"CheckID": "c", "TCP": "127.0.0.1:1", "Interval": "60s", "Status": "passing"}
    with consul(tmp_path / "consul.json") as client:
        monkeypatch.setattr(Runner, "_run", lambda *args: None)
        client.put("/v1/kv/a", "1")
        client.put("/v1/agent/service/register", {**SERVICE, "Check": check})
        before = [client.call("GET", p).body for p in ("/v1/kv/a", "/v1/health/service/web")]
        index = client.call("GET", "/v1/kv/a").index
    started: list[str] = []
    monkeypatch.setattr(Runner, "_run", lambda self, check_id, *rest: started.append(check_id))
    with consul(tmp_path / "consul.json") as client:
        assert [client.get(p) for p in ("/v1/kv/a", "/v1/health/service/web")] == before
        assert client.call("GET", "/v1/kv/a").index == index
        assert started == ["c"]


def test_a_refused_registration_leaves_nothing_behind(client: Client) -> None:
    body = {"Node": "ext-a", "Address": "1.2.3.4", "Check": {"CheckID": "c", "ServiceID": "none"}}
    assert client.call("PUT", "/v1/catalog/register", body).status == 500
    assert [node["Node"] for node in client.get("/v1/catalog/nodes")] == ["local"]


def test_a_value_comes_back_raw(client: Client) -> None:
    assert client.put("/v1/kv/a%20b", "grüße") is True
    assert client.get("/v1/kv/a%20b?raw") == "grüße"


def test_a_value_above_512_kib_is_refused(client: Client) -> None:
    assert client.call("PUT", "/v1/kv/a", "x" * (512 * 1024)).status == 200
    assert client.call("PUT", "/v1/kv/a", "x" * (512 * 1024 + 1)).status == 413
