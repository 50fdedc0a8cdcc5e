from __future__ import annotations

from dataclasses import replace

import pytest

from platform_admin.rules.checklist.answer import Place
from platform_admin.rules.checklist.paths import paths
from tests.platform_admin.rules.checklist.made import API, GOOD, service, with_value


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("http://shop-prod-api.localhost:8005/v1", "shop-prod-api.localhost (api's)"),
        ("http://10.0.0.5:8081/~shop-prod-api", "shop-prod-api (api's)"),
        ("shop-prod-cache", "shop-prod-cache (cache's)"),
        ("http://api.shop-prod.query.consul:8081", "api.shop-prod.query.consul:8081"),
        ("cache.service.consul", "cache.service.consul"),
        ("redis://default:x@10.0.0.9:15000/0", "10.0.0.9:15000 (cache's)"),
        (f"http://{API.addresses[0]}", f"{API.addresses[0]} (api's)"),
        ("http://10.0.0.5:8081/", "10.0.0.5:8081 (the edge's)"),
        ("127.0.0.1:6379", "127.0.0.1:6379"),
        ("http://localhost/api", "localhost"),
        ("redis://:hunter2@localhost", "localhost"),
        ("postgres://u:hunter2@127.0.0.1:5432/x", "127.0.0.1:5432"),
        ("http://[::1]:9000", "[::1]:9000"),
    ],
)
def test_an_address_that_a_link_would_give_is_named(value: str, found: str) -> None:
    answer = paths(with_value(value))

    assert answer.word == "no"
    assert answer.evidence == f"GREETING of web has {found} typed in: a link would give it."
    assert answer.where == (Place("service_variables", "web"),)


@pytest.mark.parametrize(
    "value",
    [
        "hello",
        "https://api.example.com:8443/v1",
        "http://shop-prod-web.localhost:8005",
        "shop-prod-web",
        "shop-prod-apis",
        "my-shop-prod-api",
        "127.0.0.1",
        "0.0.0.0",
        "110.0.0.9:15000",
        "10.0.0.9:150001",
        "localhost",
        "consul",
    ],
)
def test_what_is_no_address_inside_or_the_services_own(value: str) -> None:
    assert paths(with_value(value)).word == "yes"


def test_a_value_of_the_environment_is_nobodys_own() -> None:
    answer = paths(with_value("http://shop-prod-web.localhost:8005", owner=""))

    assert answer.word == "no"
    assert answer.where == (Place("variables"),)


def test_the_evidence_counts_links_and_values() -> None:
    assert paths(GOOD).evidence == (
        "3 links give the addresses, and no internal address was found in 1 variable."
    )
    lonely = replace(GOOD, services=(service("web", doc=replace(API.doc, links=())),))
    assert paths(lonely).evidence.startswith(
        "No service has a link, and no internal address was found"
    )
