"""What an operator says of a cell's HTTPS: names of the edge's own parts, a port, an address."""

from __future__ import annotations

import re
from ipaddress import ip_address

from platform_admin.rules.fields import LARGEST_PORT, Errors, collected

PLAIN_ENTRY_POINTS = frozenset({"web", "private", "direct", "traefik"})
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


def https_errors(entry_point: str, port: int, resolver: str, leads_to: str) -> Errors:
    """What is wrong with a cell's HTTPS, sentences by field; empty where nothing is."""
    return collected(
        [
            ("tls_entry_point", _entry_point_error(entry_point)),
            ("tls_port", _port_error(port)),
            ("certificate_resolver", _resolver_error(entry_point, resolver)),
            ("domains_lead_to", _address_error(leads_to)),
        ]
    )


def _entry_point_error(name: str) -> str | None:
    if name in PLAIN_ENTRY_POINTS:
        return f"{name} has no TLS: name another entry point, such as websecure."
    return _name_error(name)


def _port_error(port: int) -> str | None:
    if 1 <= port <= LARGEST_PORT:
        return None
    return f"{port} is no port: write 1 to {LARGEST_PORT}; browsers use 443."


def _resolver_error(entry_point: str, resolver: str) -> str | None:
    if resolver and not entry_point:
        return f"{resolver} gets certificates for an entry point with TLS: name that too."
    return _name_error(resolver)


def _name_error(name: str) -> str | None:
    if not name or _NAME.fullmatch(name):
        return None
    return f"{name!r} is not a name of the edge's: use letters, digits, hyphens, underscores."


def _address_error(text: str) -> str | None:
    if not text or _HOST.fullmatch(text):
        return None
    try:
        ip_address(text)
    except ValueError:
        return f"{text!r} is no host name and no address: write it without port or https://."
    return None
