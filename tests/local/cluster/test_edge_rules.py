from __future__ import annotations

import pytest

from local.cluster.edge.rules import BadRule, Head, parse

SMOKE = Head("shop.localhost", "/", {"x-muster-colour": ("blue",)})
PATH = "Path(`/~shop`) || PathPrefix(`/~shop/`)"


@pytest.mark.parametrize(
    ("rule", "head", "matches"),
    [
        ("Host(`shop.localhost`)", Head("shop.localhost", "/"), True),
        ("Host(`shop.localhost`)", Head("SHOP.localhost", "/a"), True),
        ("Host(`Shop.localhost`)", Head("shop.localhost.", "/"), True),
        ("Host(`shop.localhost`)", Head("a.shop.localhost", "/"), False),
        ("Path(`/a`)", Head("x", "/a"), True),
        ("Path(`/a`)", Head("x", "/a/"), False),
        ("PathPrefix(`/a`)", Head("x", "/ab/c"), True),
        ("PathPrefix(`/a`)", Head("x", "/b"), False),
        (PATH, Head("x", "/~shop"), True),
        (PATH, Head("x", "/~shop/a"), True),
        (PATH, Head("x", "/~shop2"), False),
        ("Header(`X-Muster-Colour`, `blue`)", SMOKE, True),
        ("Header(`x-muster-colour`,`blue`)", SMOKE, True),
        ("Header(`X-Muster-Colour`, `green`)", SMOKE, False),
        ("Header(`A`, `2`)", Head("x", "/", {"a": ("1", "2")}), True),
        ("Host(`shop.localhost`) && Header(`X-Muster-Colour`, `blue`)", SMOKE, True),
        ("Host(`shop.localhost`) && Header(`X-Muster-Colour`, `green`)", SMOKE, False),
        ("Path(`/a`) || Path(`/`) && Host(`other`)", SMOKE, False),
        ("(Path(`/a`) || Path(`/`)) && Host(`shop.localhost`)", SMOKE, True),
        ("Path(`/`) && Host(`other`) || Host(`shop.localhost`)", SMOKE, True),
        ("((Host(`shop.localhost`)))", SMOKE, True),
        ("Path(`/(a)&&`)", Head("x", "/(a)&&"), True),
    ],
)
def test_a_rule_matches_as_traefik_matches(rule: str, head: Head, matches: bool) -> None:
    assert parse(rule)(head) is matches


@pytest.mark.parametrize(
    "rule",
    ["", "Host", "Host()", "Host(`a`", "Host(a)", "Host(`a`, `b`)", "Header(`a`)", "(Path(`/`)",
     "Path(`/`))", "Path(`/`) &&", "&& Path(`/`)", "Path(`/`) Path(`/`)", "!Path(`/`)",
     "HostRegexp(`a`)", "Path(`/`) & Path(`/`)", "()"],
)  # fmt: skip
def test_what_is_not_known_is_a_loud_error(rule: str) -> None:
    with pytest.raises(BadRule):
        parse(rule)
