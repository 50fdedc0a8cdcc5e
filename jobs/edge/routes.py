"""The routers of a service, from its rollout: every key that it has below Traefik's root.

A router whose service has no instance does not exist for Traefik, and the next one by priority
takes the request. So each rule has a router in up to four layers; the longer rule wins before the
layer does: priority = 10 x length of the rule + layer.

1 fallback   always there, answered by Muster
2 other      the colour not drawn as live, while it is verified
3 live       the live colour
4 share      both colours by weight, while a release shares traffic

A rule that only redirects has one router, at the height of the fallback.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from jobs.document.types import PUBLIC
from jobs.edge import hosts
from jobs.edge.domains import (
    DomainRoute,
    RedirectRoute,
    Rule,
    domain_rules,
    middlewares,
    redirect_rules,
)

Colour = Literal["blue", "green"]
Kind = Literal["web", "private", "static"]

ROOT = "traefik/http"
RETRY = "muster-retry"
COLOUR_HEADER = "X-Muster-Colour"
FALLBACK_HEADER = "X-Muster-Fallback"
# Weights are whole numbers: a thousandth is the smallest share.
_WHOLE = 1000

_LAYERS = {"fallback": 1, "other": 2, "live": 3, "share": 4}


@dataclass(frozen=True)
class ServiceRoutes:
    """Where a service stands. `share` is the weight of `new`, None while nothing is shared.

    `other` is named only while verified, `smoke` while that colour is to be tried on `direct`.
    `fallback` is what Muster is told of who asks where no instance answers. `in_flight` is how many
    requests each router that leads to instances lets in at once, None for no limit. `domains` lead
    to the service beside its own address, `redirects` to one of its domains.
    """

    slug: str
    kind: Kind
    app: str
    environment: str
    service: str
    live: Colour | None
    share: float | None
    new: Colour | None
    other: Colour | None
    smoke: Colour | None
    apps_domain: str
    fallback: str
    in_flight: int | None = None
    domains: tuple[DomainRoute, ...] = ()
    redirects: tuple[RedirectRoute, ...] = ()


@dataclass(frozen=True)
class Route:
    """One router: its name, its rule on one entry point, and what answers it.

    `tls` is None without TLS, else what gets the certificate, "" where that is uploaded.
    """

    name: str
    entry_point: str
    rule: str
    priority: int
    service: str
    middlewares: tuple[str, ...]
    tls: str | None = None


def tree(service: ServiceRoutes, *, muster_url: str) -> dict[str, str]:
    """Return all keys of the service below Traefik's root; raises ValueError for bad names."""
    keys = _services(_drawn(service), hosts.base_url(muster_url)) | _middlewares(service)
    for route in routes(service):
        keys |= _router(route)
    return keys


def common_tree() -> dict[str, str]:
    """Return the keys that all services share: without them Traefik disables every router."""
    retry = f"{ROOT}/middlewares/{RETRY}/retry"
    return {f"{retry}/attempts": "3", f"{retry}/initialInterval": "50ms"}


def routes(service: ServiceRoutes) -> tuple[Route, ...]:
    """Return the service's routers; raises ValueError for bad names."""
    hosts.slug(service.slug)
    drawn = _drawn(service)
    rules = tuple(_rules(service))
    layered = [
        _layered(drawn, rule, layer, target)
        for layer, target in _targets(drawn)
        for rule in rules
        if not rule.sends
    ]
    sending = [_sending(drawn, rule) for rule in rules if rule.sends]
    return (*layered, *sending, *_smoke(drawn, rules[0]))


def catalog_name(slug: str, colour: Colour) -> str:
    """Return how a router names the instances of a colour."""
    return f"{slug}-{colour}@consulcatalog"


def _drawn(service: ServiceRoutes) -> ServiceRoutes:
    """Return what is drawn: a share of 0 or 1 is none, and all of it makes `new` live."""
    share, live, other = service.share, service.live, service.other
    if share is not None and not 0 <= share <= 1:
        raise ValueError(f"share is {share}, not between 0 and 1")
    if share is not None and service.new is None:
        raise ValueError("a share needs a new colour")
    if share == 1 and live != service.new:
        live, other = service.new, (live if other == service.new else other)
    # A weighted service with a missing child does not exist, so it needs two colours.
    shares = share is not None and 0 < share < 1 and live is not None and live != service.new
    if live is None and share:
        other = service.new
    return replace(
        service, live=live, other=None if other == live else other, share=share if shares else None
    )


def _rules(service: ServiceRoutes) -> Iterator[Rule]:
    slug, inside = service.slug, f"{service.app}-{service.environment}"
    if service.kind in PUBLIC:
        yield Rule("", "web", _host(f"{slug}.{service.apps_domain}"))
    yield Rule("-dns", "private", _host(f"{service.service}.{inside}.query.consul"))
    yield Rule(
        "-path", "private", f"Path(`/~{slug}`) || PathPrefix(`/~{slug}/`)", strip=f"{slug}--strip"
    )
    yield from domain_rules(slug, service.domains)
    yield from redirect_rules(slug, service.redirects)


def _host(name: str) -> str:
    return f"Host(`{hosts.host(name)}`)"


def _targets(drawn: ServiceRoutes) -> Iterator[tuple[str, str]]:
    """Yield each layer that is drawn and the service that answers it, traffic first."""
    if drawn.live:
        yield "live", catalog_name(drawn.slug, drawn.live)
    if drawn.share is not None:
        yield "share", f"{drawn.slug}--share"
    if drawn.other:
        yield "other", catalog_name(drawn.slug, drawn.other)
    yield "fallback", f"{drawn.slug}--fallback"


def _layered(drawn: ServiceRoutes, rule: Rule, layer: str, target: str) -> Route:
    """Return a layer's router; what is over the limit is refused before anything is tried."""
    slug, through = drawn.slug, [RETRY]
    if drawn.in_flight is not None and layer != "fallback":
        through.insert(0, f"{slug}--guard")
    if rule.strip:
        through.append(rule.strip)
    if layer == "fallback":
        through.append(f"{slug}--fallback")
    return Route(
        name=f"{slug}--{layer}{rule.suffix}",
        entry_point=rule.entry_point,
        rule=rule.text,
        priority=10 * len(rule.text) + _LAYERS[layer],
        service=target,
        middlewares=tuple(through),
        tls=rule.tls,
    )


def _sending(drawn: ServiceRoutes, rule: Rule) -> Route:
    """Return the router of a rule that redirects: its service is never asked."""
    return Route(
        name=f"{drawn.slug}--redirect{rule.suffix}",
        entry_point=rule.entry_point,
        rule=rule.text,
        priority=10 * len(rule.text) + _LAYERS["fallback"],
        service=f"{drawn.slug}--fallback",
        middlewares=(rule.sends,),
        tls=rule.tls,
    )


def _smoke(drawn: ServiceRoutes, rule: Rule) -> Iterator[Route]:
    """Yield the router on `direct` by which only Muster reaches a colour that has no traffic."""
    if drawn.smoke:
        text = f"{rule.text} && Header(`{COLOUR_HEADER}`, `{drawn.smoke}`)"
        target = catalog_name(drawn.slug, drawn.smoke)
        yield Route(f"{drawn.slug}--smoke", "direct", text, 10 * len(text), target, (RETRY,))


def _router(route: Route) -> dict[str, str]:
    base = f"{ROOT}/routers/{route.name}"
    keys = {
        f"{base}/entryPoints/0": route.entry_point,
        f"{base}/rule": route.rule,
        f"{base}/priority": str(route.priority),
        f"{base}/service": route.service,
    }
    if route.tls is not None:
        keys |= {f"{base}/tls/certResolver": route.tls} if route.tls else {f"{base}/tls": "true"}
    return keys | {f"{base}/middlewares/{i}": name for i, name in enumerate(route.middlewares)}


def _services(drawn: ServiceRoutes, muster_url: str) -> dict[str, str]:
    slug = drawn.slug
    keys = {f"{ROOT}/services/{slug}--fallback/loadBalancer/servers/0/url": muster_url}
    base = f"{ROOT}/services/{slug}--share/weighted/services"
    for i, (colour, weight) in enumerate(sorted(_weights(drawn).items())):
        keys[f"{base}/{i}/name"] = catalog_name(slug, colour)
        keys[f"{base}/{i}/weight"] = str(weight)
    return keys


def _weights(drawn: ServiceRoutes) -> Mapping[Colour, int]:
    """Return each colour's weight, neither of them 0: a weight of 0 would be no share."""
    if drawn.share is None or drawn.live is None or drawn.new is None:
        return {}
    new = min(max(round(drawn.share * _WHOLE), 1), _WHOLE - 1)
    return {drawn.live: _WHOLE - new, drawn.new: new}


def _middlewares(service: ServiceRoutes) -> dict[str, str]:
    slug, base = service.slug, f"{ROOT}/middlewares/{service.slug}"
    keys = {
        f"{base}--strip/stripPrefix/prefixes/0": f"/~{slug}",
        f"{base}--fallback/headers/customRequestHeaders/{FALLBACK_HEADER}": service.fallback,
    }
    for name, fields in middlewares(slug, service.domains, service.redirects):
        keys |= {f"{ROOT}/middlewares/{name}/{field}": value for field, value in fields.items()}
    return keys | _guard(f"{base}--guard/inFlightReq", service.in_flight)


def _guard(base: str, in_flight: int | None) -> dict[str, str]:
    """Return the limit's keys. By host, of which a rule has one: by client nobody is held back."""
    if in_flight is None:
        return {}
    if in_flight < 1:
        raise ValueError(f"in_flight is {in_flight}: a limit lets at least one request in")
    return {f"{base}/amount": str(in_flight), f"{base}/sourceCriterion/requestHost": "true"}
