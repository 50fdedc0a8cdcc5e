from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from jobs.document import DocumentError, read, write
from tests.jobs.document.documents import SHOP

GONE = object()


def changed(path: str, value: Any) -> Any:
    """The shop as JSON, with one value changed or gone."""
    found: Any = deepcopy(write(SHOP))
    *above, last = path.split(".")
    inner = found
    for key in above:
        inner = inner.setdefault(key, {})
    if value is GONE:
        del inner[last]
    else:
        inner[last] = value
    return found


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("format", 2, "format: found 2, expected 1."),
        ("format", GONE, "format: found None, expected 1."),
        ("app", "Shop", "app: found 'Shop', expected at most 24 lower case letters"),
        ("app", "a--b", "app: found 'a--b', expected"),
        ("app", "a" * 25, "app: found 'aaaaaaaaaaaaaaaaaaaaaaaaa', expected at most 24"),
        ("app", GONE, "app: found nothing, expected a text."),
        ("environment", "pro-d", "environment: found 'pro-d', expected a lower case letter"),
        ("services", [], "services: found a list, expected an object."),
        ("services.Web", {}, "services.Web: found the name 'Web', expected a lower case letter"),
        ("services.web", "x", "services.web: found a text, expected an object."),
        ("services.web.kind", "task", "services.web.kind: found 'task', expected one of web,"),
        ("services.web.kind", GONE, "services.web.kind: found nothing, expected a text."),
        ("services.web.memory", 5, "services.web.memory: found an unknown field, expected one of"),
        ("services.web.name", "web", "services.web.name: found an unknown field"),
        ("services.web.memory_mb", 0, "services.web.memory_mb: found 0, expected a whole number"),
        ("services.web.memory_mb", "1", "services.web.memory_mb: found a text, expected a whole"),
        ("services.web.cpu_mhz", True, "services.web.cpu_mhz: found True, expected a whole"),
        ("services.web.cpu_mhz", 1.5, "services.web.cpu_mhz: found 1.5, expected a whole number"),
        ("services.web.port", GONE, "services.web.port: found nothing, expected a whole number"),
        ("services.web.port", 70000, "services.web.port: found 70000, expected a whole number"),
        ("services.web.kind", "worker", "services.web.port: found a port, expected none for the"),
        ("services.web.command", "run", "services.web.command: found a text, expected a list"),
        ("services.web.command", ["a", 5], "services.web.command.1: found 5, expected a text."),
        ("services.web.health_path", "up", "services.web.health_path: found 'up', expected a path"),
        ("services.web.image", "x", "services.web.image: found an image beside an artifact"),
        ("services.web.artifact", "ab", "services.web.artifact: found 'ab', expected a SHA-256"),
        ("services.web.archive", "rar", "services.web.archive: found 'rar', expected one of tar"),
        ("services.web.archive", GONE, "services.web.archive: found nothing, expected a text."),
        ("services.api.archive", "zip", "services.api.archive: found an archive without an"),
        ("services.web.variables.A-B", "x", "services.web.variables.A-B: found the name 'A-B'"),
        ("services.web.variables.A", 5, "services.web.variables.A: found 5, expected a text."),
        ("services.web.variables.A", "a\0", "services.web.variables.A: found a zero byte"),
        ("services.web.secrets.KEY.scope", "team", "services.web.secrets.KEY.scope: found 'team'"),
        ("services.web.secrets.KEY.version", 0, "services.web.secrets.KEY.version: found 0"),
        ("services.web.links.X", {"target": "no"}, "services.web.links.X.target: found 'no'"),
        ("services.web.links.X", {}, "services.web.links.X.target: found nothing, expected"),
        ("resources.store.kind", "mysql", "resources.store.kind: found 'mysql', expected one of"),
        ("resources.store.port", 5, "resources.store.port: found an unknown field"),
        ("team", "a", "team: found an unknown field, expected one of app, domains, environment"),
    ],
)
def test_an_error_names_the_path_what_was_found_and_what_is_expected(
    path: str, value: Any, message: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        read(changed(path, value))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("value", [None, [], "text", {1: 2}])
def test_what_is_no_object_is_no_document(value: Any) -> None:
    with pytest.raises(DocumentError, match=r"^document: found .*, expected an object"):
        read(value)


def test_the_parts_of_an_error_can_be_read() -> None:
    with pytest.raises(DocumentError) as caught:
        read(changed("services.web.links.X", {"target": "no"}))
    assert caught.value.path == "services.web.links.X.target"
    assert caught.value.found == "'no'"
    assert caught.value.expected == "one of api, store, web"
