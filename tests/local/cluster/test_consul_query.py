from __future__ import annotations

import pytest

from local.cluster.consul import catalog
from local.cluster.consul import query as queries
from local.cluster.consul.state import Row, State
from local.cluster.web import Refusal, Request

CATCH_ALL = {"Name": "", "Template": {"Type": "name_prefix_match"}}


def asked(state: State, name: str) -> Row:
    return queries.execute(state, Request("GET", {"name": name}, {}, {}, b""))


def with_services(*names: str) -> State:
    state = State()
    catalog.boot(state)
    for name in names:
        catalog.enter(state, {"Name": name, "Port": 1}, False)
    return state


def test_the_catch_all_answers_for_every_name() -> None:
    state = with_services("traefik")
    queries.create(state, "q", {**CATCH_ALL, "Service": {"Service": "traefik"}})
    answer = asked(state, "web.shop-prod")
    assert [row["Service"]["Service"] for row in answer["Nodes"]] == ["traefik"]


def test_the_longer_prefix_and_the_exact_name_go_before_the_catch_all() -> None:
    state = with_services("traefik", "b", "c")
    queries.create(state, "1", {**CATCH_ALL, "Service": {"Service": "traefik"}})
    queries.create(state, "2", {**CATCH_ALL, "Name": "b-", "Service": {"Service": "b"}})
    queries.create(state, "3", {"Name": "b-c", "Service": {"Service": "c"}})
    found = [asked(state, name)["Service"] for name in ("a", "b-x", "b-c", "b-cd")]
    assert found == ["traefik", "b", "c", "b"]


def test_only_passing_leaves_failing_instances_out() -> None:
    state = State()
    catalog.boot(state)
    check = {"CheckID": "c", "TCP": "127.0.0.1:1", "Interval": "1s"}
    catalog.enter(state, {"Name": "traefik", "Check": check}, False)
    queries.create(
        state, "q", {**CATCH_ALL, "Service": {"Service": "traefik", "OnlyPassing": True}}
    )
    assert asked(state, "x")["Nodes"] == []
    catalog.report(state, "c", "passing", "", now=1.0)
    assert len(asked(state, "x")["Nodes"]) == 1


def test_a_second_catch_all_is_refused() -> None:
    state = with_services()
    queries.create(state, "1", {**CATCH_ALL, "Service": {"Service": "traefik"}})
    with pytest.raises(Refusal, match="a query template with an empty name already exists"):
        queries.create(state, "2", {**CATCH_ALL, "Service": {"Service": "traefik"}})
    assert list(state.queries) == ["1"]
