"""Which addresses a user may have Muster connect to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Closed:
    """What is not reached: the platform's `own` servers, and all but `allowed` of what is special.

    `own` are addresses with their ports: never, whatever is allowed. Another port of such a machine
    is reached only where its network is allowed. `private`: private networks are closed as well.
    """

    own: frozenset[tuple[str, int]] = frozenset()
    allowed: tuple[str, ...] = ()
    private: bool = False


def refusal(address: str, port: int, closed: Closed) -> str | None:
    """Why nothing is connected to this address and port, as a sentence; None where it may be."""
    found = _plain(ip_address(address))
    if (str(found), port) in closed.own:
        return f"{found} port {port} is one of Muster's own servers: name another one."
    if any(found in ip_network(each) for each in closed.allowed):
        return None
    special = _special(found)
    if special is None and str(found) in {each for each, _ in closed.own}:
        special = "one of Muster's own machines"
    if special is None and closed.private and not found.is_global:
        special = "an address of a private network"
    if special is None:
        return None
    return (
        f"{found} is {special}, which is not reached from here: name another server, or ask an"
        " operator to allow its network (MUSTER_EXTERNAL_NETWORKS)."
    )


def first_refusal(addresses: Collection[str], port: int, closed: Closed) -> str | None:
    """Why one of the addresses of a name is not connected to: one is as bad as all."""
    return next((said for each in addresses if (said := refusal(each, port, closed))), None)


def _plain(address: Address) -> Address:
    """The IPv4 address that stands inside an IPv6 one: connecting to either reaches the same."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _translated(address)
        return inner or address
    return address


def _translated(address: IPv6Address) -> IPv4Address | None:
    if address in IPv6Network("64:ff9b::/96"):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _special(address: Address) -> str | None:
    if address.is_loopback:
        return "a machine's own loopback address"
    if address.is_link_local:
        return "a link-local address"
    if address.is_unspecified or address.is_multicast or address.is_reserved:
        return "no address of a server"
    return None
