"""Whether an edge shows a tree, read from its API."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from jobs.consul import ConsulSettings, connect
from jobs.edge import Edge, edges, routes, shows, tree
from jobs.errors import Refused, Unavailable
from tests.jobs.edge.cases import Case
from tests.jobs.server import Asked, Reply, serving, told

URL = "http://127.0.0.1:8000"
SHARING = Case("", {}, live="blue", new="green", other="green", share=0.2).routes()
WANTED = tree(SHARING, muster_url=URL)


def routers() -> list[dict[str, Any]]:
    """The routers as Traefik lists them: with those of others, and of its other provider."""
    ours = [
        {
            "name": f"{each.name}@consul",
            "rule": each.rule,
            "service": each.service,
            "priority": each.priority,
            "status": "disabled" if "green" in each.service else "enabled",
        }
        for each in routes(SHARING)
    ]
    default = {"name": "shop-prod-web-blue@consulcatalog", "rule": "", "service": "x"}
    return [*ours, default, {"name": "shop-prod-webb--live@consul", "rule": "x"}]


def services() -> list[dict[str, Any]]:
    blue, green = (f"shop-prod-web-{each}@consulcatalog" for each in ("blue", "green"))
    weighted = [{"name": blue, "weight": 800}, {"name": green, "weight": 200}]
    return [
        {"name": "shop-prod-web--share@consul", "weighted": {"services": weighted}},
        {"name": "shop-prod-web--fallback@consul", "loadBalancer": {"servers": [{"url": URL}]}},
        {"name": blue, "loadBalancer": {"servers": []}},
    ]


class Api:
    """An edge's API over these lists, in pages as Traefik gives them."""

    def __init__(self) -> None:
        self.lists = {"routers": routers(), "services": services()}
        self.per_page = 1000

    def __call__(self, asked: Asked) -> Reply:
        url = urlsplit(asked.path)
        query = {key: value[0] for key, value in parse_qs(url.query).items()}
        listed = self.lists[url.path.rpartition("/")[2]]
        found = [each for each in listed if query["search"] in each["name"]]
        page = int(query["page"])
        start = (page - 1) * self.per_page
        more = len(found) > start + self.per_page
        return told(found[start : start + self.per_page], X_Next_Page=str(page + 1 if more else 1))

    def shows(self, wanted: dict[str, str] = WANTED, slug: str = "") -> bool:
        with serving(answer=self) as server:
            return shows(edge(server.url), wanted, slug=slug)


def edge(api: str) -> Edge:
    return Edge("traefik", api, "", "", "")


def test_a_tree_is_shown_whatever_the_status_of_its_routers() -> None:
    assert Api().shows()


def test_a_list_in_many_pages_is_read_to_its_end() -> None:
    api = Api()
    api.per_page = 2
    assert api.shows()


@pytest.mark.parametrize(
    ("field", "value"), [("rule", "Host(`x`)"), ("service", "x@consulcatalog"), ("priority", 7)]
)
def test_a_router_that_is_not_yet_as_wanted_is_not_shown(field: str, value: object) -> None:
    api = Api()
    api.lists["routers"][0][field] = value
    assert not api.shows()


def test_a_missing_router_and_one_too_many_are_seen() -> None:
    api = Api()
    gone = api.lists["routers"].pop(0)
    assert not api.shows()
    api.lists["routers"] += [gone, gone | {"name": "shop-prod-web--old@consul"}]
    assert not api.shows()


def test_weights_and_the_fallbacks_address_are_compared() -> None:
    api = Api()
    api.lists["services"][0]["weighted"]["services"][1]["weight"] = 300
    assert not api.shows()
    api = Api()
    api.lists["services"][1]["loadBalancer"]["servers"][0]["url"] = "http://127.0.0.1:9"
    assert not api.shows()
    api = Api()
    del api.lists["services"][0]
    assert not api.shows()


def test_a_service_that_is_to_be_gone_is_seen_to_be_gone() -> None:
    api = Api()
    assert not api.shows({}, slug="shop-prod-web")
    api.lists = {"routers": [], "services": []}
    assert api.shows({}, slug="shop-prod-web")


def test_with_nothing_wanted_the_slug_must_be_named() -> None:
    with pytest.raises(ValueError, match="keys of one service"):
        shows(edge("http://127.0.0.1:1"), {})


@pytest.mark.parametrize("reply", [Reply(cut=True), Reply(503), Reply(500), Reply(200, b"<html>")])
def test_an_edge_that_does_not_answer_is_unknown_not_wrong(reply: Reply) -> None:
    with serving(reply) as server, pytest.raises(Unavailable):
        shows(edge(server.url), WANTED)


def test_an_edge_without_its_api_is_refused() -> None:
    with serving(Reply(404, b"404 page not found")) as server, pytest.raises(Refused):
        shows(edge(server.url), WANTED)


def listed(meta: dict[str, str]) -> Reply:
    service = {"ID": "t1", "Service": "traefik", "Address": "", "Port": 1, "Meta": meta}
    node = {"Node": "vm", "Address": "127.0.0.1"}
    return told([{"Node": node, "Service": service, "Checks": []}])


META = {"api": "http://a:1", "web": "a:2", "private": "a:3", "direct": "a:4"}


def test_edges_are_those_that_pass_in_consul() -> None:
    with serving(listed(META)) as server:
        found = edges(connect(ConsulSettings(server.url)))
    assert server.asked[0].path == "/v1/health/service/traefik?passing=1"
    assert found == (Edge("t1", "http://a:1", "a:2", "a:3", "a:4"),)


def test_an_edge_that_hides_its_api_is_not_passed_over() -> None:
    meta = {key: value for key, value in META.items() if key != "api"}
    with serving(listed(meta)) as server, pytest.raises(Refused, match="no `api`"):
        edges(connect(ConsulSettings(server.url)))
