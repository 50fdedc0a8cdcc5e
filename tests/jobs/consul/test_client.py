"""The typed calls to Consul: what they send, how often, and what becomes of the answers."""

from __future__ import annotations

import pytest

from jobs.attempts import Patience
from jobs.consul import Consul, ConsulSettings, Operation, connect
from jobs.consul.checks import WHOLE_S, Checks
from jobs.consul.door import Door
from jobs.errors import Conflict, Unavailable
from tests.jobs.recorded import reply
from tests.jobs.server import Reply, Server, serving, told


def client(server: Server) -> Consul:
    return connect(ConsulSettings(server.url), Patience(sleep=lambda _: None))


def test_an_instance_has_its_address_port_meta_and_worst_status() -> None:
    with serving(reply("health")) as server:
        found = client(server).health("shop-prod-web-blue")
    assert server.asked[0].path == "/v1/health/service/shop-prod-web-blue?passing=1"
    assert len(found) == 2
    first = found[0]
    assert first.id.startswith("_nomad-task-5420b8cf-")
    assert (first.service, first.node) == ("shop-prod-web-blue", "vm")
    assert (first.address, first.port, first.status) == ("127.0.0.1", 22752, "passing")
    assert first.tags == ("traefik.enable=true",)
    assert first.meta["release"] == "1"


def test_an_external_service_has_its_nodes_address() -> None:
    with serving(reply("health_external")) as server:
        (found,) = client(server).health("shop-prod-crm", passing=False)
    assert server.asked[0].path == "/v1/health/service/shop-prod-crm"
    assert (found.node, found.address, found.meta) == ("ext-crm", "203.0.113.5", {})


def test_all_checks_come_in_one_list_without_those_of_nodes() -> None:
    rows = [
        {"CheckID": "serfHealth", "Status": "passing", "ServiceID": "", "ServiceName": ""},
        {"CheckID": "c", "Status": "critical", "ServiceID": "s-1", "ServiceName": "s"},
    ]
    with serving(told(rows)) as server:
        (found,) = client(server).checks()
    assert server.asked[0].path == "/v1/health/state/any"
    assert (found.service_id, found.service, found.status) == ("s-1", "s", "critical")


def entry(status: str, service: str = "s") -> dict[str, str]:
    return {"CheckID": "c", "Status": status, "ServiceID": f"{service}-1", "ServiceName": service}


def indexed(index: int, *rows: dict[str, str]) -> Reply:
    return told(rows, X_Consul_Index=str(index))


def test_while_no_check_changed_the_list_is_not_asked_for_again() -> None:
    with serving(indexed(7, entry("passing")), indexed(7)) as server:
        consul = client(server)
        assert consul.checks() is consul.checks()
    assert [each.path for each in server.asked] == [
        "/v1/health/state/any",
        "/v1/health/state/critical",
    ]


@pytest.mark.parametrize("index", [3, 8])
def test_another_index_is_another_list_also_a_lower_one(index: int) -> None:
    replies = indexed(7, entry("passing")), indexed(index), indexed(index, entry("critical"))
    with serving(*replies) as server:
        consul = client(server)
        before, after = consul.checks(), consul.checks()
    assert [each.status for each in (*before, *after)] == ["passing", "critical"]


def test_an_empty_list_is_asked_for_again_whatever_the_index_says() -> None:
    with serving(indexed(7), indexed(7, entry("passing"))) as server:
        consul = client(server)
        assert consul.checks() == ()
        assert len(consul.checks()) == 1


def test_after_a_while_all_checks_are_read_whatever_the_index_says() -> None:
    now = 100.0
    replies = indexed(7, entry("passing")), indexed(7), indexed(7)
    with serving(*replies) as server:
        checks = Checks(Door(ConsulSettings(server.url)), lambda: now)
        assert len(checks.read()) == 1
        now += WHOLE_S - 1
        assert len(checks.read()) == 1
        now += 1
        assert checks.read() == ()


def test_each_check_of_a_registration_is_told_as_it_is() -> None:
    rows = [entry("passing"), entry("critical"), entry("passing", "t")]
    with serving(indexed(7, *rows), indexed(8), indexed(8, *rows[::-1])) as server:
        consul = client(server)
        first, second = consul.checks(), consul.checks()
    assert [(each.service, each.status) for each in first] == [
        ("s", "passing"),
        ("s", "critical"),
        ("t", "passing"),
    ]
    assert second == first[::-1]


def test_the_index_of_a_tree_is_read_from_its_first_level() -> None:
    with serving(told(["t/a/"], X_Consul_Index="12")) as server:
        assert client(server).tree_index("t/") == 12
    assert server.asked[0].path == "/v1/kv/t/?keys=1&separator=%2F"


def test_a_tree_without_keys_has_no_index() -> None:
    with serving(Reply(404, b"", {"X-Consul-Index": "9"})) as server:
        assert client(server).tree_index("t/") == 0


def test_services_have_their_tags() -> None:
    with serving(reply("services")) as server:
        found = client(server).services()
    assert found["shop-prod-web-blue"] == ("traefik.enable=true",)
    assert found["shop-prod-web"] == ()


def test_a_key_that_is_not_there_is_none_and_a_tree_is_empty() -> None:
    with serving(Reply(404, b"")) as server:
        assert client(server).key("nope") is None
        assert client(server).tree("nope/") == {}


def test_an_empty_value_and_one_of_many_bytes_are_read() -> None:
    rows = [
        {"Key": "a/empty", "Value": None, "ModifyIndex": 3},
        {"Key": "a/b", "Value": "w7w=", "ModifyIndex": 4},
    ]
    with serving(told(rows)) as server:
        found = client(server).tree("a/")
    assert {key: (each.value, each.modify_index) for key, each in found.items()} == {
        "a/empty": ("", 3),
        "a/b": ("ü", 4),
    }


def test_a_transaction_is_sent_as_consul_wants_it() -> None:
    with serving(told({"Results": [], "Errors": None})) as server:
        client(server).transact(
            [
                Operation("cas", "a", value="ü", index=0),
                Operation("set", "b", value=""),
                Operation("delete", "c"),
                Operation("check-index", "d", index=7),
            ]
        )
    assert (server.asked[0].method, server.asked[0].path) == ("PUT", "/v1/txn")
    assert server.asked[0].json() == [
        {"KV": {"Verb": "cas", "Key": "a", "Value": "w7w=", "Index": 0}},
        {"KV": {"Verb": "set", "Key": "b", "Value": ""}},
        {"KV": {"Verb": "delete", "Key": "c"}},
        {"KV": {"Verb": "check-index", "Key": "d", "Index": 7}},
    ]


def test_a_stale_transaction_is_a_conflict() -> None:
    with serving(told({"Results": None, "Errors": []}, 409)) as server, pytest.raises(Conflict):
        client(server).transact([Operation("cas", "a", value="b", index=1)])


def test_a_transaction_that_compares_is_sent_once_and_a_plain_one_again() -> None:
    with serving(Reply(cut=True)) as server:
        with pytest.raises(Unavailable):
            client(server).transact([Operation("cas", "a", value="b", index=1)])
        assert len(server.asked) == 1
        with pytest.raises(Unavailable):
            client(server).transact([Operation("set", "a", value="b"), Operation("delete", "c")])
        assert len(server.asked) == 4


def test_nothing_to_do_sends_nothing_and_too_much_is_an_error_of_the_caller() -> None:
    with serving(Reply()) as server:
        client(server).transact([])
        with pytest.raises(ValueError, match="65 operations"):
            client(server).transact([Operation("delete", f"k{i}") for i in range(65)])
        assert server.asked == []


@pytest.mark.parametrize(
    ("verb", "value", "index"),
    [
        ("set", None, None),
        ("set", "a", 1),
        ("cas", "a", None),
        ("cas", None, 1),
        ("delete", "a", None),
        ("delete-cas", None, None),
        ("check-index", None, None),
    ],
)
def test_an_operation_has_what_its_verb_needs(
    verb: str, value: str | None, index: int | None
) -> None:
    with pytest.raises(ValueError, match="is"):
        Operation(verb, "k", value=value, index=index)  # type: ignore[arg-type]


def test_a_catch_all_query_is_made_once_and_mended_where_it_leads_elsewhere() -> None:
    template = {"Type": "name_prefix_match"}
    right = {"ID": "q", "Name": "", "Template": template}
    right |= {"Service": {"Service": "traefik", "OnlyPassing": True}}
    wrong = right | {"Service": {"Service": "other", "OnlyPassing": True}}
    named = right | {"Name": "geo", "ID": "g"}
    for present, sent in (
        ([named], [("POST", "/v1/query")]),
        ([named, right], []),
        ([wrong], [("PUT", "/v1/query/q")]),
    ):
        with serving(told(present), told({"ID": "q"})) as server:
            client(server).ensure_catch_all_query()
            assert [(each.method, each.path) for each in server.asked[1:]] == sent


def test_an_external_service_is_entered_under_a_node_of_its_own() -> None:
    with serving(told(True)) as server:
        client(server).register_external(
            "shop-prod-crm", address="203.0.113.5", port=5432, passing=False, output="refused"
        )
        client(server).deregister_external("shop-prod-crm")
    entered, taken = (each.json() for each in server.asked)
    assert entered["Node"] == "ext-shop-prod-crm"
    assert entered["Service"]["Service"] == "shop-prod-crm"
    (check,) = entered["Checks"]
    assert (check["Status"], check["ServiceID"]) == ("critical", "shop-prod-crm")
    assert taken == {"Node": "ext-shop-prod-crm"}


@pytest.mark.parametrize(
    ("answer", "healthy"),
    [
        (told("127.0.0.1:8300"), True),
        (told(""), False),
        (Reply(500), False),
        (Reply(cut=True), False),
    ],
)
def test_it_is_healthy_when_it_has_a_leader(answer: Reply, healthy: bool) -> None:
    with serving(answer) as server:
        assert client(server).healthy() is healthy
