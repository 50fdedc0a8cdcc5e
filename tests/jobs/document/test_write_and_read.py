from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from jobs.document import Document, LinkDoc, ServiceDoc, digest, read, read_service, write
from tests.inputs import costly
from tests.jobs.document.documents import SHOP, documents


@costly
@given(documents())
def test_what_is_written_is_read_again(document: Document) -> None:
    assert read(json.loads(json.dumps(write(document)))) == document


@costly
@given(documents())
def test_the_order_in_which_parts_were_named_does_not_matter(document: Document) -> None:
    turned = replace(
        document,
        services=document.services[::-1],
        resources=document.resources[::-1],
        domains=document.domains[::-1],
    )
    assert (turned, digest(turned)) == (document, digest(document))


@costly
@given(documents(), documents())
def test_only_equal_documents_have_the_same_digest(one: Document, two: Document) -> None:
    assert (digest(one) == digest(two)) == (one == two)


def test_the_digest_stays_what_it_was_in_earlier_releases() -> None:
    assert digest(SHOP) == "1e54d7f67f6f9bb2101fbb6b721be0314bfc1c091215ed41961321cb567fe8b0"


def test_every_key_stands_in_its_order() -> None:
    def sorted_within(value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        return list(value) == sorted(value) and all(map(sorted_within, value.values()))

    assert sorted_within(write(SHOP))


def test_what_is_empty_is_left_out_but_for_an_empty_variable() -> None:
    written = write(SHOP)["services"]
    assert written["web"]["variables"] == {"EMPTY": "", "VERSION": "1"}
    empty = {"command", "release_command", "links", "secrets", "variables", "health_path"}
    assert empty.isdisjoint(written["api"])


def test_what_a_file_leaves_out_has_its_usual_value() -> None:
    service = {"kind": "worker", "links": {"URL": {"target": "store"}}}
    found = read(
        {
            "format": 1,
            "app": "shop",
            "environment": "test",
            "services": {"work": service},
            "resources": {"store": {"kind": "redis"}},
        }
    )
    links = (LinkDoc("URL", "store", "url"),)
    assert found.service("work") == ServiceDoc(name="work", kind="worker", links=links)


def test_a_service_is_found_by_its_name() -> None:
    web = SHOP.service("web")
    assert web is not None
    assert (web.port, SHOP.service("store"), SHOP.service("no")) == (8080, None, None)


@pytest.mark.parametrize("name", [*(service.name for service in SHOP.services), "no"])
def test_one_service_is_read_without_the_others(name: str) -> None:
    stored = write(SHOP)
    for other in stored["services"].keys() - {name}:
        stored["services"][other] = "no service"

    assert read_service(stored, name) == SHOP.service(name)
    store = SHOP.resource("store")
    assert store is not None
    assert (store.kind, SHOP.resource("web")) == ("redis", None)


def test_a_name_that_stands_twice_is_no_document() -> None:
    twice = (ServiceDoc("web", "worker"), ServiceDoc("web", "worker", cpu_mhz=5))
    with pytest.raises(ValueError, match="stands twice among web, web"):
        replace(SHOP, services=twice)
