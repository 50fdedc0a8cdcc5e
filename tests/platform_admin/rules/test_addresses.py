from __future__ import annotations

import pytest

from platform_admin.rules.addresses import Closed, first_refusal, refusal

OWN = Closed(own=frozenset({("10.0.0.5", 5432)}))
LOOPBACK = Closed(own=frozenset({("127.0.0.1", 5432)}), allowed=("127.0.0.0/8", "::1/128"))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1", "loopback"),
        ("127.8.8.8", "loopback"),
        ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("64:ff9b::7f00:1", "loopback"),
        ("2002:7f00:1::", "loopback"),
        ("169.254.169.254", "link-local"),
        ("::ffff:169.254.169.254", "link-local"),
        ("fe80::1", "link-local"),
        ("0.0.0.0", "no address of a server"),
        ("::", "no address of a server"),
        ("224.0.0.1", "no address of a server"),
        ("255.255.255.255", "no address of a server"),
        ("10.0.0.5", "Muster's own machines"),
    ],
)
def test_what_is_special_is_refused_and_says_what_it_is(address: str, said: str) -> None:
    found = refusal(address, 5433, OWN)
    assert found is not None
    assert said in found
    assert "MUSTER_EXTERNAL_NETWORKS" in found


@pytest.mark.parametrize("address", ["10.0.0.6", "192.168.1.1", "203.0.113.5", "2001:db9::1"])
def test_other_servers_are_reached(address: str) -> None:
    assert refusal(address, 5432, OWN) is None


def test_an_allowed_network_is_reached_but_for_musters_own_ports() -> None:
    assert refusal("127.0.0.1", 5433, LOOPBACK) is None
    assert refusal("::1", 5433, LOOPBACK) is None
    assert "Muster's own servers" in (refusal("127.0.0.1", 5432, LOOPBACK) or "")
    assert "Muster's own servers" in (refusal("::ffff:127.0.0.1", 5432, LOOPBACK) or "")


def test_a_name_with_one_closed_address_is_closed() -> None:
    assert first_refusal(["203.0.113.5"], 5432, OWN) is None
    assert "link-local" in (first_refusal(["203.0.113.5", "169.254.1.1"], 5432, OWN) or "")


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd00::1", "::ffff:10.0.0.9"]
)
def test_private_networks_are_closed_where_that_is_asked_for(address: str) -> None:
    assert refusal(address, 443, Closed()) is None
    assert "private network" in (refusal(address, 443, Closed(private=True)) or "")
    allowed = Closed(private=True, allowed=("0.0.0.0/0", "::/0"))
    assert refusal(address, 443, allowed) is None


def test_what_is_public_is_reached_where_private_networks_are_closed() -> None:
    assert refusal("140.82.121.4", 443, Closed(private=True)) is None
