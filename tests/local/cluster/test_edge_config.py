from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.cluster.edge.config import Config, build
from local.cluster.edge.rules import Head
from local.cluster.edge.server import shown_router, shown_service

RECORDING = Path(__file__).parents[2] / "data/recordings/traefik-3.7.9-api.json"
HOST = "Host(`shop.localhost`)"
LAYERS = ("fallback", "other", "live", "share")
NOT_SHOWN = {
    "observability": "nothing of it can be set here",
    "responseForwarding": "every piece is passed on at once",
}


def instances(*names: str) -> dict[str, Any]:
    """A catalog with one passing instance of each of these services."""
    tags = ["traefik.enable=true"]
    return {name: (tags, [f"http://127.0.0.1:{20000 + n}"]) for n, name in enumerate(names)}


def router(
    name: str, rule: str, service: str, entry_point: str = "web", **more: str
) -> dict[str, str]:
    fields = {"rule": rule, "service": service, "entryPoints/0": entry_point, **more}
    return {f"http/routers/{name}/{key}": value for key, value in fields.items()}


def layered() -> dict[str, str]:
    """The four layers of a service while a release shares its traffic."""
    services = (
        "shop--fallback",
        "shop-green@consulcatalog",
        "shop-blue@consulcatalog",
        "shop--share",
    )
    pairs = {"http/services/shop--fallback/loadBalancer/servers/0/url": "http://127.0.0.1:8000"}
    for number, colour in enumerate(("blue", "green")):
        start = f"http/services/shop--share/weighted/services/{number}"
        pairs |= {f"{start}/name": f"shop-{colour}@consulcatalog", f"{start}/weight": "50"}
    for number, (layer, service) in enumerate(zip(LAYERS, services, strict=True), 1):
        priority = str(10 * len(HOST) + number)
        pairs |= router(f"shop--{layer}", HOST, service, priority=priority)
    return pairs


def takes(config: Config, host: str = "shop.localhost", path: str = "/", at: str = "web") -> str:
    """The name of the router that takes such a request."""
    found = config.route(at, Head(host, path))
    return found.name if found else "nobody"


@pytest.mark.parametrize(
    ("alive", "layer"),
    [
        (("shop-blue", "shop-green"), "share"),
        (("shop-blue",), "live"),
        (("shop-green",), "other"),
        ((), "fallback"),
    ],
)
def test_a_layer_whose_service_is_gone_leaves_requests_to_the_next(
    alive: tuple[str, ...], layer: str
) -> None:
    assert takes(build(layered(), instances(*alive))) == f"shop--{layer}@consul"


def test_a_weighted_service_with_a_missing_child_does_not_exist() -> None:
    config = build(layered(), instances("shop-blue"))
    text = (
        'building HTTP service "shop-green@consulcatalog": '
        'the service "shop-green@consulcatalog" does not exist'
    )
    assert config.services["shop--share@consul"].error == text
    assert config.routers["shop--share@consul"].error == text


def test_a_router_to_a_missing_service_is_disabled_with_traefiks_words() -> None:
    config = build(layered(), {})
    text = 'the service "shop-blue@consulcatalog" does not exist'
    assert config.routers["shop--live@consul"].error == text


def test_the_longer_path_wins_before_the_layer_does() -> None:
    longer = f"{HOST} && PathPrefix(`/admin`)"
    pairs = layered() | router(
        "admin--fallback", longer, "shop--fallback", priority=str(10 * len(longer) + 1)
    )
    config = build(pairs, instances("shop-blue", "shop-green"))
    assert takes(config, path="/admin") == "admin--fallback@consul"
    assert takes(config, path="/") == "shop--share@consul"


def test_without_a_priority_the_longer_rule_wins() -> None:
    pairs = router("short", HOST, "a@consulcatalog")
    pairs |= router("long", f"{HOST} && PathPrefix(`/`)", "a@consulcatalog")
    assert takes(build(pairs, instances("a"))) == "long@consul"


def test_a_router_takes_only_what_comes_to_its_entry_point() -> None:
    config = build(router("a", HOST, "a@consulcatalog", "private"), instances("a"))
    assert takes(config) == "nobody"
    assert takes(config, at="private") == "a@consul"


def test_a_service_of_the_catalog_answers_to_its_name_on_direct_alone() -> None:
    config = build({}, instances("shop-blue"))
    found = {at: takes(config, "shop-blue", at=at) for at in ("web", "private", "direct")}
    assert found == {"web": "nobody", "private": "nobody", "direct": "shop-blue@consulcatalog"}


def test_a_router_without_entry_points_gets_the_default_one() -> None:
    pairs = router("a", HOST, "a@consulcatalog")
    del pairs["http/routers/a/entryPoints/0"]
    assert takes(build(pairs, instances("a")), at="direct") == "a@consul"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"http/routers/a/rule": "Host(`a`"}, "cannot read 'Host(`a`' in rule 'Host(`a`'"),
        ({"http/routers/a/entryPoints/0": "bogus"}, 'entryPoint "bogus" doesn\'t exist'),
        ({"http/routers/a/middlewares/0": "none"}, 'middleware "none@consul" does not exist'),
        (
            {"http/routers/a/middlewares/0": "m", "http/middlewares/m/compress/x": "1"},
            "not known here: ['compress/x']",
        ),
        (
            {
                "http/routers/a/middlewares/0": "m",
                "http/middlewares/m/inFlightReq/amount": "1",
                "http/middlewares/m/inFlightReq/sourceCriterion/requestHost": "false",
            },
            "not known here: ['inflightreq/amount', 'inflightreq/sourcecriterion/requesthost']",
        ),
        (
            {"http/services/a/mirroring/service": "b"},
            "not known here: ['loadbalancer', 'mirroring']",
        ),
    ],
)
def test_what_cannot_be_built_is_disabled_and_says_why(changed: dict[str, str], error: str) -> None:
    pairs = router("a", HOST, "a") | {"http/services/a/loadBalancer/servers/0/url": "http://x:1"}
    config = build(pairs | changed, {})
    assert config.routers["a@consul"].error == error
    assert takes(config) == "nobody"


def test_middlewares_are_read_whatever_the_case_of_their_fields() -> None:
    pairs = {
        "http/middlewares/r/retry/attempts": "3",
        "http/middlewares/r/Retry/initialInterval": "50ms",
        "http/middlewares/s/stripPrefix/prefixes/0": "/~Shop",
        "http/middlewares/h/headers/customRequestHeaders/X-Muster-Fallback": "Shop",
        "http/middlewares/g/inFlightReq/amount": "40",
        "http/middlewares/g/inFlightReq/sourceCriterion/requestHost": "true",
    }
    found = build(pairs, {}).middlewares
    assert (found["r@consul"].attempts, found["r@consul"].interval_s) == (3, 0.05)
    assert found["s@consul"].strip == ("/~Shop",)
    assert found["h@consul"].headers == {"X-Muster-Fallback": "Shop"}
    assert (found["g@consul"].in_flight, found["g@consul"].error) == (40, "")
    assert found["r@consul"].in_flight is None


def test_the_strategy_stands_in_the_tags() -> None:
    tag = "traefik.http.services.shop-blue.loadbalancer.strategy=p2c"
    catalog = {"shop-blue": (["traefik.enable=true", tag], ["http://127.0.0.1:1"])}
    assert build({}, catalog).services["shop-blue@consulcatalog"].strategy == "p2c"
    assert build({}, instances("a")).services["a@consulcatalog"].strategy == "wrr"


def test_weights_below_weights_are_refused_even_in_a_circle() -> None:
    start = "http/services/{}/weighted/services/0/name"
    config = build({start.format("a"): "b", start.format("b"): "a"}, {})
    assert [service.error for service in config.services.values()] == [
        "not known here: weights below weights"
    ] * 2


@pytest.mark.parametrize(
    "pair",
    [("http/routers/a/priority", "high"), ("http/middlewares/a/retry/attempts", "many")],
)
def test_a_number_that_is_none_fails_the_whole_configuration(pair: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=pair[1]):
        build(dict([pair]) | router("b", HOST, "a"), {})


def recorded() -> tuple[Config, Mapping[str, Any]]:
    """The configuration of the recorded Traefik, and what its API showed."""
    shown = {path: row["response"] for path, row in json.loads(RECORDING.read_text()).items()}
    pairs: dict[str, str] = {"http/middlewares/shop-retry/retry/attempts": "3"}
    for row in shown["/api/http/routers"]:
        if row["provider"] == "consul":
            name, priority = row["name"].removesuffix("@consul"), str(row["priority"])
            pairs |= router(name, row["rule"], row["service"], priority=priority)
            for via in row.get("middlewares", []):
                pairs[f"http/routers/{name}/middlewares/0"] = via.removesuffix("@consul")
    for number, colour in enumerate(("blue", "missing")):
        start = f"http/services/shop-prod-web-split/weighted/services/{number}/"
        pairs |= {f"{start}name": f"shop-prod-web-{colour}@consulcatalog", f"{start}weight": "1"}
    catalog = {
        row["name"].removesuffix("@consulcatalog"): (
            ["traefik.enable=true"],
            [server["url"] for server in row["loadBalancer"]["servers"]],
        )
        for row in shown["/api/http/services"]
        if row["provider"] == "consulcatalog"
    }
    return build(pairs, catalog), shown


def without(row: Any) -> Any:
    """The recorded row without what the stand-in does not show."""
    if not isinstance(row, dict):
        return row
    return {key: without(value) for key, value in row.items() if key not in NOT_SHOWN}


def test_the_api_shows_routers_as_the_recorded_one_did() -> None:
    config, shown = recorded()
    rows = [shown_router(config.routers[row["name"]]) for row in shown["/api/http/routers"]]
    assert rows == [without(row) for row in shown["/api/http/routers"]]
    assert len(rows) == len(config.routers)


def test_the_api_shows_services_as_the_recorded_one_did() -> None:
    config, shown = recorded()
    routers = list(config.routers.values())
    rows = [
        shown_service(config.services[row["name"]], routers) for row in shown["/api/http/services"]
    ]
    assert rows == [without(row) for row in shown["/api/http/services"]]
    assert len(rows) == len(config.services)
