from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from pytest_django import Settings

from jobs.deploy import edge_tree
from jobs.deploy.domains import NONE, Domains
from jobs.deploy.edge_tree import first_host
from jobs.deploy.rows import ServiceRows
from jobs.edge import DomainRoute
from platform_admin.models import App, Cell, Environment, Service, Team
from platform_admin.rules.rollout import BLUE, GREEN, ColourRow, RolloutRow

SLUG = "shop-production-web"


def stands(kind: str = "web", port: int | None = 8080, **rollout: object) -> ServiceRows:
    """A service live on blue, whose green colour is verified."""
    app = App(slug="shop", team=Team(slug="demo"))
    service = Service(
        name="web",
        kind=kind,
        port=port,
        slug_row_id=SLUG,
        environment=Environment(app=app, slug="production", cell=Cell()),
    )
    row = replace(RolloutRow(live=BLUE, new=GREEN), **rollout)  # type: ignore[arg-type]
    return ServiceRows(
        service, row, ColourRow(BLUE, verified=True), ColourRow(GREEN, verified=True)
    )


def wanted_tree(loaded: ServiceRows, domains: Domains = NONE) -> dict[str, str]:
    """The tree of rows that are in no database."""
    return edge_tree.wanted_tree(loaded, domains)


def layers(loaded: ServiceRows) -> set[str]:
    """Which layers of the first rule the tree draws."""
    names = {key.split("/")[3] for key in wanted_tree(loaded) if "/routers/" in key}
    return {name.partition("--")[2] for name in names if not name.endswith(("-dns", "-path"))}


@pytest.mark.parametrize(
    ("loaded", "drawn"),
    [
        (stands(), {"live", "other", "fallback"}),
        (stands(live=None, new=BLUE), {"other", "fallback"}),
        (stands(at=Fraction(1, 2)), {"live", "share", "other", "fallback"}),
        (stands(next=Fraction(1, 2)), {"live", "other", "fallback"}),
        (stands(next=Fraction(1, 2), moving=True), {"live", "share", "other", "fallback"}),
        (stands(state="watch"), {"live", "other", "fallback", "smoke"}),
    ],
)
def test_the_tree_draws_the_layers_that_the_rows_say(loaded: ServiceRows, drawn: set[str]) -> None:
    assert layers(loaded) == drawn


def test_a_tcp_service_has_nothing_at_the_edge() -> None:
    loaded = stands("private")
    assert wanted_tree(loaded)
    loaded.service.protocol = "tcp"
    assert wanted_tree(loaded) == {}


def test_the_limit_of_the_row_is_the_edges() -> None:
    loaded = stands()
    key = f"traefik/http/middlewares/{SLUG}--guard/inFlightReq/amount"
    assert key not in wanted_tree(loaded)
    loaded.service.in_flight_limit = 40
    assert wanted_tree(loaded)[key] == "40"


def test_a_shared_service_gets_its_weights_by_the_share() -> None:
    tree = wanted_tree(stands(at=Fraction(1, 4)))
    base = f"traefik/http/services/{SLUG}--share/weighted/services"
    weights = {tree[f"{base}/{n}/name"]: tree[f"{base}/{n}/weight"] for n in (0, 1)}
    assert weights == {f"{SLUG}-blue@consulcatalog": "750", f"{SLUG}-green@consulcatalog": "250"}


def test_a_service_without_a_port_has_no_keys() -> None:
    assert wanted_tree(stands("worker", None)) == {}


def test_a_domain_is_never_what_the_smoke_test_asks_for() -> None:
    loaded, domains = stands(state="watch"), Domains((DomainRoute("a.test"),))
    smoke = f"traefik/http/routers/{SLUG}--smoke/rule"
    tree = wanted_tree(loaded, domains)
    assert tree[smoke] == wanted_tree(loaded)[smoke]
    assert "Host(`a.test`)" in tree.values()


@pytest.mark.parametrize(
    ("kind", "host"),
    [("web", f"{SLUG}.apps.test"), ("private", "web.shop-production.query.consul")],
)
def test_the_smoke_test_asks_for_the_host_of_the_first_rule(
    settings: Settings, kind: str, host: str
) -> None:
    settings.MUSTER_APPS_DOMAIN = "apps.test"
    loaded = stands(kind, state="watch")
    assert first_host(loaded) == host
    rule = wanted_tree(loaded)[f"traefik/http/routers/{SLUG}--smoke/rule"]
    assert rule.startswith(f"Host(`{host}`) && ")
