"""The typed calls against a Consul that runs."""

from __future__ import annotations

import pytest

from jobs.consul import Consul, Operation
from jobs.errors import Conflict
from tests.jobs.agents import until


def put(consul: Consul, **keys: str) -> None:
    consul.transact([Operation("set", f"t/{key}", value=value) for key, value in keys.items()])


@pytest.fixture(autouse=True)
def empty(consul: Consul) -> None:
    """No keys of an earlier test."""
    consul.transact([Operation("delete", key) for key in consul.tree("t/")])


def test_what_is_set_is_found_again(consul: Consul) -> None:
    put(consul, a="ü `x`", b="", c="1")
    entry = consul.key("t/a")
    assert entry is not None
    assert entry.value == "ü `x`"
    assert entry.modify_index > 0
    assert {key: each.value for key, each in consul.tree("t/").items()} == {
        "t/a": "ü `x`",
        "t/b": "",
        "t/c": "1",
    }


def test_what_is_not_there_is_nothing(consul: Consul) -> None:
    assert consul.key("t/nope") is None
    assert consul.tree("t/nope/") == {}


def test_a_key_is_made_only_where_there_is_none(consul: Consul) -> None:
    made = Operation("cas", "t/v", value="1", index=0)
    consul.transact([made])
    with pytest.raises(Conflict):
        consul.transact([made])


def test_of_two_writers_one_fails_and_nothing_of_it_is_written(consul: Consul) -> None:
    put(consul, v="1")
    entry = consul.key("t/v")
    assert entry is not None
    consul.transact([Operation("cas", "t/v", value="2", index=entry.modify_index)])
    stale = Operation("cas", "t/v", value="3", index=entry.modify_index)
    with pytest.raises(Conflict):
        consul.transact([Operation("set", "t/other", value="x"), stale])
    assert consul.key("t/other") is None
    second = consul.key("t/v")
    assert second is not None
    assert second.value == "2"


def test_a_check_holds_or_fails(consul: Consul) -> None:
    put(consul, v="1")
    entry = consul.key("t/v")
    assert entry is not None
    check = Operation("check-index", "t/v", index=entry.modify_index)
    consul.transact([check, Operation("set", "t/a", value="1")])
    put(consul, v="2")
    with pytest.raises(Conflict):
        consul.transact([check, Operation("set", "t/a", value="2")])
    absent = Operation("check-index", "t/nope", index=entry.modify_index)
    with pytest.raises(Conflict):
        consul.transact([absent])


def test_a_delete_may_compare_and_may_find_nothing(consul: Consul) -> None:
    put(consul, v="1")
    entry = consul.key("t/v")
    assert entry is not None
    with pytest.raises(Conflict):
        consul.transact([Operation("delete-cas", "t/v", index=1)])
    consul.transact([Operation("delete-cas", "t/v", index=entry.modify_index)])
    consul.transact([Operation("delete", "t/v")])
    assert consul.key("t/v") is None


def test_64_operations_fit(consul: Consul) -> None:
    consul.transact([Operation("set", f"t/{i}", value=str(i)) for i in range(64)])
    assert len(consul.tree("t/")) == 64


def test_the_index_of_a_tree_moves_with_every_change_and_with_nothing_else(consul: Consul) -> None:
    put(consul, **{"a/b": "1", "c": "1"})
    seen = [consul.tree_index("t/")]
    for change in (
        Operation("set", "t/a/b", value="2"),
        Operation("set", "t/new", value="1"),
        Operation("delete", "t/a/b"),
    ):
        consul.transact([change])
        assert consul.tree_index("t/") == consul.tree_index("t/")
        seen.append(consul.tree_index("t/"))
    assert seen == sorted(set(seen))
    put(consul, c="1")
    assert consul.tree_index("t/") == seen[-1]
    assert consul.tree_index("t/nope/") == 0


def test_checks_that_changed_are_seen_at_once(consul: Consul) -> None:
    name = "shop-prod-erp"

    def statuses() -> list[str]:
        return [each.status for each in consul.checks() if each.service_id == name]

    for passing, status in ((True, "passing"), (False, "critical"), (True, "passing")):
        consul.register_external(name, address="203.0.113.5", port=5432, passing=passing)
        assert statuses() == [status]
        assert consul.checks() is consul.checks()
    consul.deregister_external(name)
    until(lambda: statuses() == [])


def test_an_external_service_comes_fails_and_goes(consul: Consul) -> None:
    name = "shop-prod-crm"
    consul.register_external(name, address="203.0.113.5", port=5432, passing=True, meta={"a": "b"})
    (found,) = consul.health(name)
    assert (found.address, found.port, found.node) == ("203.0.113.5", 5432, f"ext-{name}")
    assert (found.status, found.meta.get("a")) == ("passing", "b")
    assert name in consul.services()
    assert [each.status for each in consul.checks() if each.service_id == name] == ["passing"]
    consul.register_external(name, address="203.0.113.5", port=5432, passing=False)
    assert consul.health(name) == ()
    assert [each.status for each in consul.health(name, passing=False)] == ["critical"]
    consul.deregister_external(name)
    consul.deregister_external(name)
    until(lambda: name not in consul.services())


def test_the_catch_all_query_leads_every_name_to_the_edge(consul: Consul) -> None:
    consul.ensure_catch_all_query()
    consul.ensure_catch_all_query()  # a second one would be refused
    found = consul._door.ask("get", "query/web.shop-prod/execute").json()
    assert found["Service"] == "traefik"


def test_a_catch_all_query_that_leads_elsewhere_is_mended(
    consul: Consul, request: pytest.FixtureRequest
) -> None:
    if request.node.callspec.params["consul"] == "local":
        pytest.skip("the local cluster makes queries and never changes one")
    consul.ensure_catch_all_query("other")
    consul.ensure_catch_all_query()
    found = consul._door.ask("get", "query/web.shop-prod/execute").json()
    assert found["Service"] == "traefik"


def test_it_is_healthy(consul: Consul) -> None:
    assert consul.healthy()
