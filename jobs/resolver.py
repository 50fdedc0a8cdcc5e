"""What the DNS says: the one door to it."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

import dns.exception
import dns.resolver
from django.conf import settings

from jobs.errors import Unavailable

WITHIN_S = 5.0


def texts(name: str) -> frozenset[str]:
    """The TXT records of a name, empty where it has none; Unavailable where nobody says."""
    found = (b"".join(record.strings) for record in _asked(name, "TXT"))
    return frozenset(text.decode("utf-8", "replace") for text in found)


def addresses(name: str) -> frozenset[str]:
    """The addresses of a name, or of itself if it is one; Unavailable where nobody says."""
    try:
        return frozenset({str(ip_address(name))})
    except ValueError:
        records = [*_asked(name, "A"), *_asked(name, "AAAA")]
        return frozenset(str(ip_address(record.address)) for record in records)


def _asked(name: str, kind: str) -> Iterable[Any]:
    try:
        return _resolver().resolve(f"{name}.", kind, lifetime=WITHIN_S)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError) as error:
        raise Unavailable(f"the DNS does not answer for {name}: {error}", server="dns") from error


def _resolver() -> dns.resolver.Resolver:
    """A new one each time: what it is told, and what the machine's file says, may change."""
    if not settings.MUSTER_RESOLVER:
        return dns.resolver.Resolver()
    found = dns.resolver.Resolver(configure=False)
    address, _, port = settings.MUSTER_RESOLVER.partition(":")
    found.nameservers, found.port = [address], int(port or 53)
    return found
