"""The door to Nomad, against a real HTTP server."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from jobs.attempts import Patience
from jobs.errors import (
    ClusterError,
    Conflict,
    Forbidden,
    Missing,
    Refused,
    Unavailable,
)
from jobs.nomad.door import Door, segment
from jobs.nomad.settings import NomadSettings
from tests.jobs.agents import free_ports
from tests.jobs.server import Asked, Reply, Server, serving, told

TOKEN = "s3cret-token"
AT_ONCE = Patience(sleep=lambda _: None)


def door(server: Server, patience: Patience = AT_ONCE) -> Door:
    return Door(NomadSettings(server.url, TOKEN, region="global"), patience)


def failure(call: Callable[[], object]) -> ClusterError | None:
    """What the call raises, nothing where it returns."""
    try:
        call()
    except ClusterError as error:
        return error
    return None


def test_it_sends_token_region_and_parameters_and_gives_body_and_index() -> None:
    with serving(told({"a": 1}, X_Nomad_Index="7")) as server:
        answer = door(server).ask("get", "job/x/scale", {"namespace": "team", "cas": None})
    asked = server.asked[0]
    assert asked.path == "/v1/job/x/scale?namespace=team&region=global"
    assert asked.headers["X-Nomad-Token"] == TOKEN
    assert (answer.json(), answer.index) == ({"a": 1}, 7)


def test_it_takes_nothing_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TOKEN", "REGION", "NAMESPACE", "CLIENT_CERT", "CLIENT_KEY"):
        monkeypatch.setenv(f"NOMAD_{name}", "of-the-environment")
    with serving(Reply()) as server:
        Door(NomadSettings(server.url)).ask("get", "jobs")
    assert server.asked[0].path == "/v1/jobs"
    assert "X-Nomad-Token" not in server.asked[0].headers


def test_the_id_of_a_periodic_run_is_one_segment() -> None:
    with serving(Reply()) as server:
        door(server).ask("get", f"job/{segment('report/periodic-1')}/allocations")
    assert server.asked[0].path.startswith("/v1/job/report%2Fperiodic-1/allocations?")


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (307, "", Refused),
        (400, "group count was greater than scaling policy maximum: 21 > 20", Refused),
        (403, "Permission denied", Forbidden),
        (404, "job not found", Missing),
        (409, '{"Items": {"A": "b"}}', Conflict),
        (429, "", Unavailable),
        (500, "Enforcing job modify index 0: job already exists", Conflict),
        (500, "No cluster leader", Unavailable),
        (500, "1 error occurred:\n\t* Job ID contains a space", Refused),
        (501, "", Refused),
        (502, "", Unavailable),
        (503, "", Unavailable),
        (504, "", Unavailable),
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_an_answer_has_its_kind(
    method: str, status: int, text: str, kind: type[ClusterError]
) -> None:
    with serving(Reply(status, text.encode())) as server, pytest.raises(ClusterError) as caught:
        door(server).tell(method, "jobs")
    assert type(caught.value) is kind
    assert (caught.value.server, caught.value.status) == ("nomad", status)


def test_the_servers_words_are_in_the_message() -> None:
    reply = Reply(400, b"missing task group name for scaling action")
    with serving(reply) as server, pytest.raises(Refused, match="missing task group name"):
        door(server).tell("post", "job/x/scale")


def test_what_may_be_repeated_is_repeated_while_nomad_is_away() -> None:
    with serving(Reply(503), Reply(500, b"No cluster leader"), told([1])) as server:
        assert door(server).ask("get", "nodes").json() == [1]
    assert len(server.asked) == 3


def test_a_cut_connection_is_tried_again() -> None:
    with serving(Reply(cut=True), told([1])) as server:
        assert door(server).ask("get", "nodes").json() == [1]


@pytest.mark.parametrize("reply", [Reply(503), Reply(500, b"rpc error: EOF"), Reply(cut=True)])
def test_what_may_not_be_repeated_is_sent_once(reply: Reply) -> None:
    with serving(reply) as server:
        with pytest.raises(Unavailable):
            door(server).tell("post", "jobs", body={"Job": {}})
        assert len(server.asked) == 1


def test_a_refusal_is_not_repeated() -> None:
    with serving(Reply(400, b"no")) as server:
        with pytest.raises(Refused):
            door(server).ask("get", "jobs")
        assert len(server.asked) == 1


def test_a_server_that_does_not_answer_in_time_is_unavailable() -> None:
    silence = threading.Event()
    with serving(Reply(hang=silence)) as server:
        with pytest.raises(Unavailable, match="did not answer in time"):
            door(server).tell("get", "jobs", read_s=0.05)
        silence.set()


def test_a_port_where_nobody_listens_is_unavailable() -> None:
    (port,) = free_ports(1)
    with pytest.raises(Unavailable, match="cannot be reached"):
        Door(NomadSettings(f"http://127.0.0.1:{port}"), AT_ONCE).ask("get", "jobs")


def test_a_page_of_a_proxy_is_no_answer() -> None:
    with serving(Reply(200, b"<html>log in</html>")) as server, pytest.raises(Unavailable):
        door(server).ask("get", "jobs").json()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(),
        Reply(403, b"Permission denied"),
        Reply(409, b'{"Items": {"PASSWORD": "s3cret-item"}}'),
        Reply(500, b"1 error occurred: * x"),
        Reply(cut=True),
    ],
)
def test_neither_token_nor_bodies_are_in_logs_or_tracebacks(
    reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = {"Items": {"PASSWORD": "s3cret-item"}}
    with serving(reply) as server:
        nomad = door(server)
        error = failure(lambda: nomad.ask("put", "var/nomad/jobs/x", {"namespace": "t"}, body))
    written = "".join(traceback.format_exception(error)) if error else ""
    assert "s3cret" not in written + repr(error) + caplog.text
    assert error is None or error.__context__ is None
    assert "s3cret" not in repr(NomadSettings("http://x", TOKEN))


def test_each_call_leaves_a_line_with_verb_path_status_and_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="jobs.nomad.door")
    with serving(Reply(503), Reply()) as server:
        door(server).ask("delete", "job/x", {"namespace": "t"})
    lines = [record.message for record in caplog.records if record.name == "jobs.nomad.door"]
    assert [line.split()[:4] for line in lines] == [
        ["nomad", "DELETE", "/v1/job/x", "503"],
        ["nomad", "DELETE", "/v1/job/x", "200"],
    ]
    assert lines[0].endswith(" ms")


def test_threads_may_share_it() -> None:
    def echo(asked: Asked) -> Reply:
        return told({"path": asked.path.split("?")[0]})

    with serving(answer=echo) as server, ThreadPoolExecutor(16) as pool:
        shared = door(server)
        paths = [f"job/j{i}" for i in range(200)]
        answers = pool.map(lambda path: shared.ask("get", path).json()["path"], paths)
        assert list(answers) == [f"/v1/{path}" for path in paths]


def test_of_a_long_answer_no_more_is_fetched_than_is_asked_for() -> None:
    with serving(Reply(200, b"x" * 4_000_000)) as server:
        begin = door(server).ask("get", "client/fs/logs/a", most=100_000).content

    assert begin == b"x" * len(begin)
    assert 100_000 <= len(begin) < 200_000


def test_a_refusal_has_its_text_where_only_the_begin_of_an_answer_is_asked_for() -> None:
    unknown = Reply(404, b"Unknown allocation")

    with serving(unknown) as server, pytest.raises(Missing, match="Unknown allocation"):
        door(server).ask("get", "client/fs/logs/a", most=10)
