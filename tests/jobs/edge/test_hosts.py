"""What may stand in a rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.edge import hosts


@pytest.mark.parametrize("text", ["localhost", "a", "a-b.c", "shop.example.org", "127.0.0.1"])
def test_a_host_name_is_taken(text: str) -> None:
    assert hosts.host(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "a.", ".a", "a..b", "-a", "a-", "A", "a_b", "a b", "a\n", "a/b", "a:80", "ü"),
        *("*.a", "x`) || Host(`y", "a`", "a,b", "a" * 64, ".".join(["a" * 60] * 5)),
    ],
)
def test_anything_else_is_not(text: str) -> None:
    with pytest.raises(ValueError, match="not a host name"):
        hosts.host(text)


@given(st.text())
def test_whatever_is_taken_holds_nothing_that_a_rule_reads(text: str) -> None:
    try:
        taken = hosts.host(text)
    except ValueError:
        return
    assert not set(taken) & set("`()|&!,{} \t\r\n\"'\\")


@pytest.mark.parametrize("text", ["", "a--b", "A", "1a", "a-", "a/b", "a`", "a" * 64, "a\n"])
def test_what_is_no_slug_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a slug"):
        hosts.slug(text)


@pytest.mark.parametrize(
    "text", ["", "a", "ftp://a", "http://", "http://a`b", "http://a?x", "http://a#x", "//a"]
)
def test_what_is_no_url_of_a_server_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not"):
        hosts.base_url(text)


def test_a_url_loses_its_last_slash() -> None:
    assert hosts.base_url("http://127.0.0.1:8000/") == "http://127.0.0.1:8000"
