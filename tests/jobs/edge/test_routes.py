"""The tree of a service. The golden files are read by eye: MUSTER_WRITE_GOLDEN=1 writes them."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.edge import ServiceRoutes, common_tree, routes, tree
from jobs.edge.routes import Kind
from tests.jobs.edge.cases import CASES, Case

GOLDEN = Path(__file__).parents[2] / "data" / "edge"
URL = "http://127.0.0.1:8000"
REST = ServiceRoutes(
    slug="shop-prod-web",
    kind="web",
    app="shop",
    environment="prod",
    service="web",
    live="blue",
    share=None,
    new=None,
    other=None,
    smoke=None,
    apps_domain="localhost",
    fallback="shop-prod-web",
)


@pytest.mark.parametrize("kind", ["web", "private"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_whole_tree_is_as_it_was_read_and_found_good(case: Case, kind: Kind) -> None:
    found = json.dumps(tree(case.routes(kind), muster_url=URL), indent=1, sort_keys=True) + "\n"
    file = GOLDEN / f"{case.name}.{kind}.json"
    if os.environ.get("MUSTER_WRITE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(found)
    assert found == file.read_text()


def layers(service: ServiceRoutes) -> dict[str, str]:
    """Which service answers each layer, read from the routers by path."""
    tail = "-path"
    found = {each.name: each.service for each in routes(service) if each.name.endswith(tail)}
    prefix = f"{service.slug}--"
    return {name.removeprefix(prefix).removesuffix(tail): to for name, to in found.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_position_draws_its_layers(case: Case) -> None:
    service = case.routes()
    drawn = {
        layer: "shop-prod-web--share" if layer == "share" else f"shop-prod-web-{to}@consulcatalog"
        for layer, to in case.layers.items()
    }
    assert layers(service) == drawn | {"fallback": f"{service.slug}--fallback"}
    weights = [
        value
        for key, value in sorted(tree(service, muster_url=URL).items())
        if key.endswith("/weight")
    ]
    assert ",".join(weights) == case.layers.get("share", "")


def test_the_longer_rule_wins_before_the_layer_does() -> None:
    service = Case("", {}, live="blue", new="green", other="green", share=0.5).routes()
    found = sorted(routes(service), key=lambda each: each.priority)
    lengths = [len(each.rule) for each in found]
    assert lengths == sorted(lengths)
    by_rule: dict[str, list[str]] = {}
    for each in found:
        layer = each.name.removeprefix("shop-prod-web--").partition("-")[0]
        by_rule.setdefault(each.rule, []).append(layer)
    assert set(map(tuple, by_rule.values())) == {("fallback", "other", "live", "share")}


def test_a_private_service_has_nothing_on_the_public_entry_point() -> None:
    found = routes(replace(REST, kind="private", smoke="green"))
    assert {each.entry_point for each in found} == {"private", "direct"}


def test_the_smoke_router_is_the_real_rule_and_the_colour_on_direct_alone() -> None:
    (found,) = (
        each for each in routes(replace(REST, smoke="green")) if each.entry_point == "direct"
    )
    assert found.name == "shop-prod-web--smoke"
    assert found.rule == "Host(`shop-prod-web.localhost`) && Header(`X-Muster-Colour`, `green`)"
    assert found.service == "shop-prod-web-green@consulcatalog"


def test_every_router_tries_again_and_paths_are_stripped() -> None:
    for each in routes(REST):
        assert each.middlewares[0] == "muster-retry"
        assert ("shop-prod-web--strip" in each.middlewares) == each.name.endswith("-path")
        assert ("shop-prod-web--fallback" in each.middlewares) == ("fallback" in each.name)


def test_a_limit_stands_first_where_instances_answer_and_nowhere_else() -> None:
    service = replace(REST, other="green", new="green", share=0.5, smoke="green", in_flight=40)
    for each in routes(service):
        layer = each.name.removeprefix("shop-prod-web--").partition("-")[0]
        first = "muster-retry" if layer in ("fallback", "smoke") else "shop-prod-web--guard"
        assert each.middlewares[0] == first
        assert each.middlewares.count("shop-prod-web--guard") == (first != "muster-retry")


def test_another_limit_is_one_key() -> None:
    one, other = (tree(replace(REST, in_flight=each), muster_url=URL) for each in (40, 41))
    base = "traefik/http/middlewares/shop-prod-web--guard/inFlightReq"
    assert dict(one.items() - other.items()) == {f"{base}/amount": "40"}
    assert one[f"{base}/sourceCriterion/requestHost"] == "true"


def test_a_limit_that_lets_nothing_in_is_refused() -> None:
    with pytest.raises(ValueError, match="in_flight is 0"):
        tree(replace(REST, in_flight=0), muster_url=URL)


def test_all_that_a_router_names_is_in_the_tree_or_shared() -> None:
    for case in CASES:
        service = case.routes()
        keys = common_tree() | tree(service, muster_url=URL)
        for each in routes(service):
            for name in each.middlewares:
                assert any(key.startswith(f"traefik/http/middlewares/{name}/") for key in keys)
            if "@" not in each.service:
                base = f"traefik/http/services/{each.service}/"
                assert any(key.startswith(base) for key in keys)


@pytest.mark.parametrize(("share", "weights"), [(1e-9, (999, 1)), (1 - 1e-9, (1, 999))])
def test_no_share_is_so_small_that_its_weight_is_nothing(
    share: float, weights: tuple[int, int]
) -> None:
    service = replace(REST, new="green", other="green", share=share)
    keys = tree(service, muster_url=URL)
    base = "traefik/http/services/shop-prod-web--share/weighted/services"
    assert (keys[f"{base}/0/weight"], keys[f"{base}/1/weight"]) == tuple(map(str, weights))


@pytest.mark.parametrize(
    "bad",
    [
        {"slug": "shop--web"},
        {"slug": "a`b"},
        {"app": "x`) || Host(`y"},
        {"environment": "Prod"},
        {"service": "web.x`"},
        {"apps_domain": "local host"},
        {"share": 1.5, "new": "green"},
        {"share": float("nan"), "new": "green"},
        {"share": 0.5},
    ],
    ids=str,
)
def test_what_would_rewrite_a_rule_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"not|needs"):
        tree(replace(REST, **bad), muster_url=URL)  # type: ignore[arg-type]


def test_a_fallback_that_is_no_url_is_refused() -> None:
    with pytest.raises(ValueError, match="not the URL"):
        tree(REST, muster_url="127.0.0.1:8000")
