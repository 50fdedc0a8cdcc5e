"""The domains of a service as rules of the edge: where each answers, and where it redirects to.

A domain or a path of one is one rule, like the service's own address. With HTTPS it stands on the
entry point for TLS; what comes by HTTP is then sent there, or answered as well.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from jobs.edge import hosts

WHOLE = "/"
_PREFIX = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Https:
    """The edge's entry point for TLS, and its port as browsers reach it.

    `resolver` is what gets a certificate there; "" where one was uploaded.
    """

    entry_point: str
    port: int = 443
    resolver: str = ""


@dataclass(frozen=True)
class DomainRoute:
    """A host, or a path below it, that leads to the service. `strips`: the path is taken off.

    `https` is None where the host has none; `only_https`: HTTP is sent on to it.
    """

    host: str
    prefix: str = WHOLE
    strips: bool = False
    https: Https | None = None
    only_https: bool = True


@dataclass(frozen=True)
class RedirectRoute:
    """A host whose visitors are sent to the base URL `to`, whatever the path."""

    host: str
    to: str
    permanent: bool = True
    https: Https | None = None


@dataclass(frozen=True)
class Rule:
    """A rule on one entry point, `suffix` tells its routers from the service's others.

    `strip` is the middleware that takes a path off, "" for none. `tls` is None without TLS, else
    the resolver's name, "" for none. `sends` is the middleware that answers with a redirect.
    """

    suffix: str
    entry_point: str
    text: str
    strip: str = ""
    tls: str | None = None
    sends: str = ""


def domain_rules(slug: str, routes: tuple[DomainRoute, ...]) -> Iterator[Rule]:
    """Yield the rules of domains that lead to a service; raises ValueError for bad names."""
    for route in routes:
        key, text = _key(route.host, route.prefix), _text(route)
        strip = f"{slug}--strip-{key}" if route.strips and route.prefix != WHOLE else ""
        if route.https:
            entry_point, resolver = _checked(route.https)
            yield Rule(f"-s{key}", entry_point, text, strip, tls=resolver)
        if route.https and route.only_https:
            yield Rule(f"-d{key}", "web", text, sends=f"{slug}--https-{route.https.port}")
        else:
            yield Rule(f"-d{key}", "web", text, strip)


def redirect_rules(slug: str, routes: tuple[RedirectRoute, ...]) -> Iterator[Rule]:
    """Yield the rules of domains that redirect; raises ValueError for bad names."""
    for route in routes:
        key, text = _key(route.host, WHOLE), f"Host(`{hosts.host(route.host)}`)"
        sends = f"{slug}--redirect-{key}"
        yield Rule(f"-d{key}", "web", text, sends=sends)
        if route.https:
            entry_point, resolver = _checked(route.https)
            yield Rule(f"-s{key}", entry_point, text, tls=resolver, sends=sends)


def middlewares(
    slug: str, domains: tuple[DomainRoute, ...], redirects: tuple[RedirectRoute, ...]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the middlewares of these domains: each one's name and its fields."""
    for route in domains:
        if route.strips and route.prefix != WHOLE:
            key = _key(route.host, route.prefix)
            yield f"{slug}--strip-{key}", {"stripPrefix/prefixes/0": route.prefix}
    for port in sorted({each.https.port for each in domains if each.https and each.only_https}):
        yield f"{slug}--https-{port}", _to_https(port)
    for redirect in redirects:
        yield f"{slug}--redirect-{_key(redirect.host, WHOLE)}", _elsewhere(redirect)


def _to_https(port: int) -> dict[str, str]:
    named = {} if port == 443 else {"redirectScheme/port": str(port)}
    return {"redirectScheme/scheme": "https", "redirectScheme/permanent": "true", **named}


def _elsewhere(redirect: RedirectRoute) -> dict[str, str]:
    """Return the middleware's fields. Path and query are kept as they were sent."""
    return {
        "redirectRegex/regex": "^https?://[^/]+/(.*)",
        "redirectRegex/replacement": hosts.base_url(redirect.to) + "/${1}",
        "redirectRegex/permanent": "true" if redirect.permanent else "false",
    }


def _text(route: DomainRoute) -> str:
    """Return the rule. A path is matched by its parts: `/api` is no beginning of `/apis`."""
    text = f"Host(`{hosts.host(route.host)}`)"
    if route.prefix == WHOLE:
        return text
    if not _PREFIX.fullmatch(route.prefix):
        raise ValueError(f"not a path: {route.prefix!r}")
    return f"{text} && (Path(`{route.prefix}`) || PathPrefix(`{route.prefix}/`))"


def _checked(https: Https) -> tuple[str, str]:
    for name in (https.entry_point, https.resolver or "none"):
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a name of the edge's: {name!r}")
    return https.entry_point, https.resolver


def _key(host: str, prefix: str) -> str:
    """Return what names a rule: another host or path is another router, never a changed one."""
    return hashlib.sha256(f"{host}{prefix}".encode()).hexdigest()[:10]
