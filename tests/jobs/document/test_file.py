from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from jobs.document import Document, DocumentError, SecretRef, ServiceDoc, diff, write
from jobs.document.as_yaml import parsed, written
from jobs.document.diff import trees
from jobs.document.file import FileDoc, ScalingDoc, file_tree, read_file, write_file
from jobs.document.schema import schema
from platform_admin.rules.policy import default_policy
from tests.inputs import costly
from tests.jobs.document.documents import SHOP
from tests.jobs.document.drafts import files


@costly
@given(files())
def test_nothing_is_lost_on_the_way_through_the_text(file: FileDoc) -> None:
    again = read_file(parsed(written(write_file(file))).value)
    assert again == file
    assert trees(file_tree(file), file_tree(again)) == ()
    assert diff(file.document, again.document) == ()


@costly
@given(files())
def test_what_is_written_fits_the_schema(file: FileDoc) -> None:
    Draft202012Validator(schema()).validate(json.loads(json.dumps(write_file(file))))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_a_release_is_a_file_too() -> None:
    assert read_file(write(SHOP)) == FileDoc(SHOP)


def test_of_a_policy_only_what_is_not_usual_is_written() -> None:
    policy = replace(default_policy("web"), mode="on", up_percent=None)
    file = FileDoc(SHOP, scaling={"web": ScalingDoc(2, 5, policy)})
    found = write_file(file)["scaling"]["web"]
    assert found == {"minimum": 2, "maximum": 5, "mode": "on", "up_percent": None}


def test_what_a_policy_leaves_out_is_its_kinds_usual_one() -> None:
    work = Document("shop", "test", (ServiceDoc("work", "worker"),))
    found = read_file({**write(work), "scaling": {"work": {"maximum": 4}}})
    assert found.scaling["work"] == ScalingDoc(1, 4, default_policy("worker"))


def test_a_secret_is_named_with_its_scope() -> None:
    file = FileDoc(SHOP, secrets={"KEY": SecretRef("environment", 2)})
    assert write_file(file)["secrets"] == {"KEY": {"scope": "environment", "version": 2}}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"scaling": {"no": {}}}, "scaling.no: found no service of the name 'no', expected one of"),
        ({"scaling": {"web": {"minimum": -1}}}, "scaling.web.minimum: found -1, expected a whole"),
        ({"scaling": {"web": {"maximum": 0}}}, "scaling.web.maximum: found 0, expected a whole"),
        ({"scaling": {"web": {"mode": 5}}}, "scaling.web.mode: found 5, expected a text"),
        ({"scaling": {"web": {"mode": None}}}, "scaling.web.mode: found nothing, expected a text"),
        ({"scaling": {"web": {"floor": True}}}, "scaling.web.floor: found True, expected a whole"),
        ({"scaling": {"web": {"latency_ms": "1"}}}, "scaling.web.latency_ms: found a text, expec"),
        ({"scaling": {"web": {"late_price": float("inf")}}}, "scaling.web.late_price: found inf"),
        ({"scaling": {"web": {"late_price": float("nan")}}}, "scaling.web.late_price: found nan"),
        ({"scaling": {"web": {"speed": 1}}}, "scaling.web.speed: found an unknown field"),
        ({"scaling": {"web": {"windows": 1}}}, "scaling.web.windows: found 1, expected a list"),
        (
            {"scaling": {"web": {"windows": [{"start": "8:00:30"}]}}},
            "scaling.web.windows.0.start: found '8:00:30', expected a time such as 08:00",
        ),
        (
            {"scaling": {"web": {"windows": [{"first": "24.12."}]}}},
            "scaling.web.windows.0.first: found '24.12.', expected a date such as 2026-12-24",
        ),
        (
            {"scaling": {"web": {"windows": [{"days": [7]}]}}},
            "scaling.web.windows.0.days.0: found 7, expected a whole number from 0 to 6",
        ),
        ({"variables": {"A": 1}}, "variables.A: found 1, expected a text"),
        ({"variables": {"A": "\ud800"}}, "variables.A: found half of a character, expected a text"),
        ({"variables": {"9": "x"}}, "variables.9: found the name '9', expected letters"),
        ({"secrets": {"A": "hunter2"}}, "secrets.A: found a text, expected an object"),
        ({"policies": {}}, "policies: found an unknown field, expected one of app"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_path(more: dict[str, Any], message: str) -> None:
    with pytest.raises(DocumentError) as raised:
        read_file({**write(SHOP), **more})
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(
    "more",
    [
        {"policies": {}},
        {"app": 5},
        {"variables": {"A": 1}},
        {"variables": {"9": "x"}},
        {"scaling": {"web": {"speed": 1}}},
        {"scaling": {"web": {"mode": "fast"}}},
        {"services": {"web": {"kind": "nothing"}}},
        {"services": {"web": {"kind": "web", "port": 70000}}},
        {"services": {"web": {"kind": "web", "memory_mb": 0}}},
        {"services": {"Web": {"kind": "web", "port": 80}}},
        {"services": {"web": {"kind": "web", "port": 80, "links": {"A": {}}}}},
        {"resources": {"store": {"kind": "nothing"}}},
    ],
    ids=str,
)
def test_an_editor_with_the_schema_says_so_too(more: dict[str, Any]) -> None:
    assert not Draft202012Validator(schema()).is_valid({**write(SHOP), **more})
