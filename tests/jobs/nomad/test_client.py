"""The typed calls: what they send, how often, and what becomes of the answers."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from jobs.attempts import Patience
from jobs.errors import Conflict, Missing, Unavailable
from jobs.nomad import Nomad, NomadSettings, connect
from tests.jobs.recorded import reply
from tests.jobs.server import Reply, Server, serving, told

JOB = {"ID": "shop-prod-web-blue", "Namespace": "team-a"}


def client(server: Server) -> Nomad:
    return connect(NomadSettings(server.url), Patience(sleep=lambda _: None))


ONCE: dict[str, Callable[[Nomad], object]] = {
    "register": lambda nomad: nomad.register(JOB, enforce_index=0),
    "scale": lambda nomad: nomad.scale("t", "x", 2, index=1, message="", meta={}),
    "restart": lambda nomad: nomad.restart("a"),
    "force": lambda nomad: nomad.force("t", "x"),
    "signal": lambda nomad: nomad.signal("a", "SIGKILL"),
    "stop_allocation": lambda nomad: nomad.stop_allocation("a"),
}
AGAIN: dict[str, Callable[[Nomad], object]] = {
    "plan": lambda nomad: nomad.plan(JOB),
    "job": lambda nomad: nomad.job("t", "x"),
    "job_ids": lambda nomad: nomad.job_ids("t", "x--run-"),
    "scale_status": lambda nomad: nomad.scale_status("t", "x"),
    "stop": lambda nomad: nomad.stop("t", "x"),
    "allocations": lambda nomad: nomad.allocations(),
    "allocated": lambda nomad: nomad.allocated(),
    "job_allocations": lambda nomad: nomad.job_allocations("t", "x"),
    "evaluation": lambda nomad: nomad.evaluation("e"),
    "events": lambda nomad: nomad.events("a"),
    "logs": lambda nomad: nomad.logs("a"),
    "log_files": lambda nomad: nomad.log_files("a"),
    "log_parts": lambda nomad: nomad.log_parts("a", 0, 100),
    "variable": lambda nomad: nomad.variable("t", "p"),
    "put_variable": lambda nomad: nomad.put_variable("t", "p", {"A": "b"}, cas=0),
    "delete_variable": lambda nomad: nomad.delete_variable("t", "p"),
    "ensure_namespace": lambda nomad: nomad.ensure_namespace("t", "d"),
    "namespaces": lambda nomad: nomad.namespaces(),
    "nodes": lambda nomad: nomad.nodes(),
}


@pytest.mark.parametrize("name", ONCE)
def test_a_call_that_does_something_is_sent_once(name: str) -> None:
    with serving(Reply(503)) as server:
        with pytest.raises(Unavailable):
            ONCE[name](client(server))
        assert len(server.asked) == 1


@pytest.mark.parametrize("name", AGAIN)
def test_a_call_that_may_be_repeated_is_tried_three_times(name: str) -> None:
    with serving(Reply(503)) as server:
        with pytest.raises(Unavailable):
            AGAIN[name](client(server))
        assert len(server.asked) == 3


def test_every_call_is_one_or_the_other() -> None:
    public = {name for name in vars(Nomad) if not name.startswith("_")}
    assert ONCE.keys() | AGAIN.keys() == public - {"healthy"}


def test_a_registration_names_the_index_that_must_hold() -> None:
    with serving(reply("registered")) as server:
        client(server).register(JOB, enforce_index=0, preserve_counts=True)
    asked = server.asked[0]
    assert (asked.method, asked.path) == ("POST", "/v1/jobs?namespace=team-a")
    assert asked.json() == {
        "Job": JOB,
        "PreserveCounts": True,
        "EnforceIndex": True,
        "JobModifyIndex": 0,
    }


def test_a_registration_without_an_index_enforces_none() -> None:
    with serving(reply("registered")) as server:
        assert client(server).register(JOB).job_modify_index == 15
    assert server.asked[0].json() == {"Job": JOB, "PreserveCounts": False}


def test_a_scaling_tells_nomad_the_reason_and_the_index() -> None:
    with serving(reply("scaled")) as server:
        scaled = client(server).scale(
            "team-a",
            "shop-prod-web-blue",
            5,
            index=15,
            message="p95",
            meta={"decision": "1"},
        )
    asked = server.asked[0]
    assert asked.path == "/v1/job/shop-prod-web-blue/scale?namespace=team-a"
    assert asked.json() == {
        "Count": 5,
        "Target": {"Group": "main"},
        "Message": "p95",
        "Meta": {"decision": "1"},
        "JobModifyIndex": 15,
    }
    assert scaled.job_modify_index == 19


def test_an_unknown_job_is_none_and_has_no_scale_status() -> None:
    with serving(Reply(404, b"job not found")) as server:
        assert client(server).job("t", "nope") is None
        with pytest.raises(Missing):
            client(server).scale_status("t", "nope")


def test_jobs_are_listed_by_the_beginning_of_their_ids() -> None:
    with serving(Reply(200, b'[{"ID": "x/periodic-1"}, {"ID": "x/periodic-2"}]')) as server:
        found = client(server).job_ids("t", "x/periodic-")
    assert found == ("x/periodic-1", "x/periodic-2")
    assert server.asked[0].path == "/v1/jobs?namespace=t&prefix=x%2Fperiodic-"


def test_stopping_an_unknown_job_is_no_error() -> None:
    with serving(reply("stop_unknown")) as server:
        client(server).stop("team-a", "nope", purge=True)
    assert server.asked[0].path == "/v1/job/nope?namespace=team-a&purge=true"


def test_the_list_of_all_instances_has_the_index_of_its_header() -> None:
    with serving(reply("job_allocations")) as server:
        listing = client(server).allocations()
    assert listing.index == 71
    assert len(listing.items) == 3
    path, _, query = server.asked[0].path.partition("?")
    assert path == "/v1/allocations"
    assert set(query.split("&")) == {"namespace=%2A", "resources=true", "task_states=true"}


def test_an_instance_that_did_not_change_is_not_read_again() -> None:
    listed = json.loads(reply("job_allocations").body)
    moved = [body | {"ClientStatus": "complete"} for body in listed]
    moved[0]["ModifyIndex"] += 1
    with serving(reply("job_allocations"), Reply(200, json.dumps(moved).encode())) as server:
        nomad = client(server)
        first, second = nomad.allocations().items, nomad.allocations().items
    assert second[0].client_status == "complete"
    assert all(again is before for again, before in zip(second[1:], first[1:], strict=True))


def entry(number: int, index: int) -> dict[str, object]:
    body: dict[str, object] = json.loads(reply("job_allocations").body)[0]
    return body | {"ID": f"a{number}", "ModifyIndex": index}


def indexed(index: int, *rows: dict[str, object]) -> Reply:
    return told(rows, X_Nomad_Index=str(index))


def asked_for(server: Server) -> list[str]:
    """Of each reading what it asked for: the query without the namespace."""
    return [each.path.partition("namespace=%2A&")[2] for each in server.asked]


WHOLE = "task_states=true&resources=true"
PROBE, STUBS = "task_states=false&per_page=1", "task_states=false"


def test_while_no_instance_changed_one_entry_of_the_list_is_asked_for() -> None:
    with serving(indexed(7, entry(1, 5), entry(2, 6)), indexed(7, entry(1, 5))) as server:
        nomad = client(server)
        assert nomad.allocations() is nomad.allocations()
    assert asked_for(server) == [WHOLE, PROBE]


def test_of_many_instances_the_few_that_changed_are_asked_for_alone() -> None:
    many = [entry(number, 5) for number in range(100)]
    stubs = [row | {"TaskStates": None} for row in (*many[:98], entry(98, 9), entry(100, 9))]
    replies = indexed(7, *many), indexed(9, many[0]), indexed(9, *stubs)
    alone = indexed(9, entry(98, 9)), indexed(9)
    with serving(*replies, *alone) as server:
        nomad = client(server)
        first, second = nomad.allocations(), nomad.allocations()
    assert asked_for(server)[1:] == [PROBE, STUBS, f"{WHOLE}&prefix=a98", f"{WHOLE}&prefix=a100"]
    assert second.index == 9
    assert all(now is was for now, was in zip(second.items[:98], first.items, strict=False))
    # a99 is gone, and so is a100, which Nomad forgot before it was asked for.
    assert [(each.id, each.index) for each in second.items[98:]] == [("a98", 9)]
    assert second.items[98].task is not None


def test_where_much_changed_the_whole_list_is_asked_for() -> None:
    moved = indexed(9, entry(1, 9), entry(2, 6))
    with serving(indexed(7, entry(1, 5), entry(2, 6)), moved) as server:
        nomad = client(server)
        first, second = nomad.allocations().items, nomad.allocations().items
    assert asked_for(server) == [WHOLE, PROBE, STUBS, WHOLE]
    assert (second[0].index, second[1] is first[1]) == (9, True)


@pytest.mark.parametrize("index", [0, 3, 7])
def test_an_emptied_list_is_told_whatever_its_index(index: int) -> None:
    with serving(indexed(7, entry(1, 5)), indexed(index)) as server:
        nomad = client(server)
        assert len(nomad.allocations().items) == 1
        assert nomad.allocations().items == ()


def test_a_log_ends_where_it_ends_and_is_read_as_utf_8() -> None:
    with serving(Reply(200, "früher\nspäter\n".encode())) as server:
        assert client(server).logs("a", stream="stderr", last_bytes=8) == "später\n"
    assert "type=stderr" in server.asked[0].path
    assert "origin=end&offset=8" in server.asked[0].path


def test_a_log_that_is_cut_inside_a_character_begins_with_the_next_one() -> None:
    with serving(Reply(200, "spät".encode()[3:])) as server:
        assert client(server).logs("a", last_bytes=2) == "t"


def test_a_log_of_a_task_that_has_not_started_is_empty() -> None:
    text = b'task "main" not started yet. No logs available'
    with serving(Reply(404, text)) as server:
        assert client(server).logs("a") == ""


def test_a_log_that_is_gone_is_missing() -> None:
    with serving(Reply(404, b'Unknown allocation "a"')) as server, pytest.raises(Missing):
        client(server).logs("a")


def test_a_variable_is_written_at_an_index() -> None:
    with serving(reply("variable")) as server:
        assert client(server).put_variable("team-a", "nomad/jobs/x", {"A": "b"}, cas=0) == 13
    asked = server.asked[0]
    assert asked.path == "/v1/var/nomad/jobs/x?namespace=team-a&cas=0"
    assert asked.json()["Items"] == {"A": "b"}


def test_a_variable_whose_answer_was_lost_is_seen_to_be_written() -> None:
    there = {"Items": {"A": "b"}, "ModifyIndex": 20}
    with serving(Reply(cut=True), told(there, 409), told(there)) as server:
        assert client(server).put_variable("t", "p", {"A": "b"}, cas=0) == 20
        assert [each.method for each in server.asked] == ["PUT", "PUT", "GET"]


def test_a_variable_that_somebody_else_wrote_is_a_conflict() -> None:
    there = {"Items": {"A": "other"}, "ModifyIndex": 20}
    with serving(told(there, 409), told(there)) as server, pytest.raises(Conflict):
        client(server).put_variable("t", "p", {"A": "b"}, cas=0)


def test_an_unknown_variable_is_none() -> None:
    with serving(Reply(404, b"variable not found")) as server:
        assert client(server).variable("t", "nomad/jobs/nope") is None


def test_a_namespace_that_exists_is_left_as_operators_made_it() -> None:
    with serving(reply("namespaces")) as server:
        client(server).ensure_namespace("team-a", "Team A")
        assert [each.method for each in server.asked] == ["GET"]
        client(server).ensure_namespace("team-b", "Team B")
    assert (server.asked[-1].method, server.asked[-1].path) == ("PUT", "/v1/namespace/team-b")
    assert server.asked[-1].json() == {"Name": "team-b", "Description": "Team B"}


def test_nodes_are_listed_without_the_right_to_read_the_agent() -> None:
    with serving(Reply(403, b"Permission denied"), reply("nodes")) as server:
        (node,) = client(server).nodes()
    assert (node.name, node.max_kill_timeout_s) == ("vm", None)


@pytest.mark.parametrize(
    ("answer", "healthy"),
    [
        (reply("agent_health"), True),
        (told({"server": {"ok": False, "message": "No cluster leader"}}, 500), False),
        (told({"client": {"ok": True}}), False),
        (Reply(cut=True), False),
    ],
)
def test_it_is_healthy_when_its_server_says_so(answer: Reply, healthy: bool) -> None:
    with serving(answer) as server:
        assert client(server).healthy() is healthy
        assert len(server.asked) == 1


def test_an_index_that_comes_a_second_time_is_read_again() -> None:
    first = entry(1, 5)
    again = first | {"ClientStatus": "failed", "ModifyTime": 9}
    with serving(indexed(7, first, entry(2, 6)), indexed(6, again, entry(2, 6))) as server:
        nomad = client(server)
        assert nomad.allocations().items[0].client_status != "failed"
        assert nomad.allocations().items[0].client_status == "failed"
