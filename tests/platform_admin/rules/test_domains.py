from __future__ import annotations

import pytest

from platform_admin.rules.domains import (
    LONGEST_S,
    SETTLED_S,
    host_error,
    next_wait_s,
    normal_host,
    prefix_error,
)


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("Shop.Example.ORG", "shop.example.org"),
        (" shop.example.org. ", "shop.example.org"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("a`b.example", "a`b.example"),
        ("", ""),
    ],
)
def test_a_host_is_what_browsers_send(typed: str, host: str) -> None:
    assert normal_host(typed) == host


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("shop.example.org", None),
        ("a.b", None),
        ("xn--bcher-kva.example", None),
        ("", "A domain is needed"),
        ("shop", "has no dot"),
        ("*.example.org", "stands for many hosts"),
        ("https://example.org", "write the name alone"),
        ("example.org:80", "write the name alone"),
        ("example.org/a", "write the name alone"),
        ("192.0.2.1", "is an address"),
        ("a`) || Host(`b.example", "is not a domain"),
        ("a..example", "is not a domain"),
        ("-a.example", "is not a domain"),
        ("a_b.example", "is not a domain"),
        (f"{'a' * 64}.example", "is not a domain"),
        (".".join(["a" * 60] * 5), "is not a domain"),
        ("muster.example.org", "Muster's own address"),
        ("apps.test", "below apps.test"),
        ("shop.apps.test", "below apps.test"),
        ("shopapps.test", None),
        ("127.1", "is an address"),
        ("a.0x7f", "is an address"),
        ("xn--zzzzzz999.example", "stands for no name"),
        ("www.own.test", "Muster's own address"),
        ("own.test", "Muster's own address"),
        ("api.shop-production.query.consul", "ends in .consul"),
        ("a.localhost", "ends in .localhost"),
    ],
)
def test_a_domain_that_can_not_be_says_what_was_found(host: str, said: str | None) -> None:
    reserved = {"Muster.example.org", ".own.test", "*"}
    found = host_error(host, apps_domain="Apps.test", reserved=reserved)
    assert found is None if said is None else said in (found or "")


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("/api", None),
        ("/api/v1.2", None),
        ("/~me/a_b", None),
        ("", "A path is needed"),
        ("/", "A path is needed"),
        ("api", "is not a path"),
        ("/api/", "is not a path"),
        ("/a//b", "is not a path"),
        ("/../etc", "is not a path"),
        ("/a`) || Host(`b", "is not a path"),
        ("/a?b", "is not a path"),
        ("/%61", "is not a path"),
        ("/" + "a" * 200, "shorten it to 200"),
    ],
)
def test_a_path_that_can_not_be_says_what_was_found(prefix: str, said: str | None) -> None:
    found = prefix_error(prefix)
    assert found is None if said is None else said in (found or "")


def test_each_wait_is_twice_the_one_before_up_to_an_hour() -> None:
    waits = [0]
    while waits[-1] < LONGEST_S:
        waits.append(next_wait_s(waits[-1], settled=False))
    assert waits[1:5] == [30, 60, 120, 240]
    assert next_wait_s(LONGEST_S, settled=False) == LONGEST_S
    assert next_wait_s(0, settled=True) == SETTLED_S
