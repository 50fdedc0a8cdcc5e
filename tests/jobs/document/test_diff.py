from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from jobs.document import (
    Change,
    Document,
    LinkDoc,
    ResourceDoc,
    SecretRef,
    ServiceDoc,
    changed,
    diff,
)
from tests.inputs import costly
from tests.jobs.document.documents import SHOP, documents

WEB = next(service for service in SHOP.services if service.name == "web")


def with_web(**fields: Any) -> Document:
    """The shop with some of its web service's fields changed."""
    others = [service for service in SHOP.services if service.name != "web"]
    return replace(SHOP, services=(*others, replace(WEB, **fields)))


@costly
@given(documents(), documents())
def test_nothing_differs_only_between_equal_documents(one: Document, two: Document) -> None:
    assert diff(one, one) == ()
    assert (diff(one, two) == ()) == (one == two)


@costly
@given(documents(), documents())
def test_the_way_back_has_the_same_paths_with_the_sides_changed(
    one: Document, two: Document
) -> None:
    back = tuple(Change(change.path, change.after, change.before) for change in diff(two, one))
    assert diff(one, two) == back


@pytest.mark.parametrize(
    ("fields", "path", "before", "after"),
    [
        ({"memory_mb": 256}, "memory_mb", 128, 256),
        ({"command": ("run",)}, "command", list(WEB.command), ["run"]),
        ({"release_command": ("up",)}, "release_command", [], ["up"]),
        ({"health_path": None}, "health_path", "/health", None),
        ({"variables": {"VERSION": "2", "EMPTY": ""}}, "variables.VERSION", "1", "2"),
        ({"variables": {"VERSION": "1"}}, "variables.EMPTY", "", None),
        ({"secrets": {"KEY": SecretRef("environment", 3)}}, "secrets.KEY.version", 2, 3),
        ({"secrets": {}}, "secrets.KEY", {"scope": "environment", "version": 2}, None),
        (
            {"links": (LinkDoc("REDIS_URL", "store", "host"), LinkDoc("API_URL", "api"))},
            "links.REDIS_URL.property",
            "url",
            "host",
        ),
    ],
)
def test_one_field_is_one_change_with_its_path(
    fields: dict[str, Any], path: str, before: Any, after: Any
) -> None:
    assert diff(SHOP, with_web(**fields)) == (Change(f"services.web.{path}", before, after),)


def test_a_service_that_came_is_one_change_without_its_empty_fields() -> None:
    work = ServiceDoc(name="work", kind="worker", command=("work",))
    (change,) = diff(SHOP, replace(SHOP, services=(*SHOP.services, work)))
    assert (change.path, change.before) == ("services.work", None)
    assert change.after == {
        "command": ["work"],
        "cpu_mhz": 100,
        "kill_timeout_s": 30,
        "kind": "worker",
        "memory_mb": 128,
        "start_limit_s": 120,
    }


def test_a_resource_that_went_is_one_change() -> None:
    bare = replace(SHOP, services=(), resources=(ResourceDoc("store", "redis"),))
    (change,) = diff(bare, replace(bare, resources=()))
    assert (change.path, change.after) == ("resources.store", None)


def test_all_of_a_first_release_is_new() -> None:
    assert [change.path for change in diff(None, SHOP)] == [
        "resources.store",
        "services.api",
        "services.web",
    ]


def test_several_changes_stand_in_the_order_of_their_paths() -> None:
    changes = diff(SHOP, with_web(cpu_mhz=5, variables={"A": "b"}, port=80))
    assert [change.path.removeprefix("services.web.") for change in changes] == [
        "cpu_mhz",
        "port",
        "variables.A",
        "variables.EMPTY",
        "variables.VERSION",
    ]


def test_a_service_is_deployed_when_it_is_new_or_any_field_differs() -> None:
    assert changed(None, WEB)
    assert changed(WEB, replace(WEB, start_limit_s=121))
    assert not changed(WEB, replace(WEB, variables=dict(reversed([*WEB.variables.items()]))))
