from __future__ import annotations

import pytest

from local.cluster.edge.redirect import Redirect, by_regex, to_scheme

ELSEWHERE = {
    "redirectregex/regex": "^https?://[^/]+/(.*)",
    "redirectregex/replacement": "https://b.test/${1}",
}


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("http://a.test/", "https://b.test/"),
        ("http://a.test:8080/a/b?c=d&e=%2F", "https://b.test/a/b?c=d&e=%2F"),
        ("nothing", None),
    ],
)
def test_path_and_query_are_kept(url: str, location: str | None) -> None:
    found = by_regex(ELSEWHERE)
    assert found is not None
    assert found.location(url) == location


@pytest.mark.parametrize(
    ("port", "url", "location"),
    [
        ("", "http://a.test:8080/x?y", "https://a.test/x?y"),
        ("443", "http://a.test/", "https://a.test/"),
        ("8443", "http://a.test:80/", "https://a.test:8443/"),
        ("", "https://a.test/", None),
    ],
)
def test_the_scheme_changes_and_the_port_with_it(port: str, url: str, location: str | None) -> None:
    found = to_scheme({"redirectscheme/scheme": "https", "redirectscheme/port": port})
    assert found is not None
    assert found.location(url) == location


@pytest.mark.parametrize(
    ("permanent", "method", "code"),
    [(True, "GET", 301), (True, "POST", 308), (False, "GET", 302), (False, "PUT", 307)],
)
def test_only_a_get_may_become_another_method(permanent: bool, method: str, code: int) -> None:
    assert Redirect("a", "b", permanent).code(method) == code


def test_other_middlewares_are_none() -> None:
    assert by_regex({}) is None
    assert to_scheme({"redirectregex/regex": "a"}) is None
