"""From what stands in Consul to what the edge does: routers, services, middlewares. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from local.cluster.edge.redirect import Redirect, by_regex, to_scheme
from local.cluster.edge.rules import BadRule, Head, Rule, parse
from local.cluster.web import seconds

ENTRY_POINTS = {"web", "private", "direct"}
Fields = dict[str, str]


@dataclass(frozen=True)
class Service:
    """A load balancer (`servers`: addresses) or a weighted service (`children`: name, weight)."""

    name: str
    servers: tuple[str, ...] = ()
    strategy: str = "wrr"
    children: tuple[tuple[str, int], ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Middleware:
    """One middleware; what it does not do is empty."""

    attempts: int = 1
    interval_s: float = 0.0
    strip: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    in_flight: int | None = None
    redirect: Redirect | None = None
    error: str = ""


@dataclass(frozen=True)
class Router:
    """One router; `service` as it was written, `leads_to` with its provider."""

    name: str
    rule: str
    priority: int
    entry_points: tuple[str, ...]
    service: str
    leads_to: str
    middlewares: tuple[str, ...]
    matches: Rule
    error: str = ""


@dataclass(frozen=True)
class Config:
    """All that the edge knows now, by full name (`<name>@<provider>`)."""

    routers: Mapping[str, Router] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    middlewares: Mapping[str, Middleware] = field(default_factory=dict)

    @cached_property
    def in_order(self) -> tuple[Router, ...]:
        """The enabled routers, the first to ask first."""
        enabled = [router for router in self.routers.values() if not router.error]
        return tuple(sorted(enabled, key=lambda router: (-router.priority, router.name)))

    def route(self, entry_point: str, head: Head) -> Router | None:
        """The router that takes this request."""
        fitting = (r for r in self.in_order if entry_point in r.entry_points and r.matches(head))
        return next(fitting, None)


def build(pairs: Mapping[str, str], catalog: Mapping[str, tuple[Any, Any]]) -> Config:
    """The configuration of the keys (without their root) and of the catalog.

    `catalog` has (tags, addresses) of the passing instances by the service's name.
    """
    tree = _tree(pairs)
    services = dict(_catalog_service(name, *found) for name, found in catalog.items() if found[1])
    for name, fields in tree.get("services", {}).items():
        services[f"{name}@consul"] = _service(f"{name}@consul", fields)
    services = {name: _checked(service, services) for name, service in services.items()}
    items = tree.get("middlewares", {}).items()
    middlewares = {f"{name}@consul": _middleware(fields) for name, fields in items}
    routers = [_router(name, fields) for name, fields in tree.get("routers", {}).items()]
    routers += [_default_router(name) for name in services if name.endswith("@consulcatalog")]
    checked = [_routable(router, services, middlewares) for router in routers]
    return Config({router.name: router for router in checked}, services, middlewares)


def _tree(pairs: Mapping[str, str]) -> dict[str, dict[str, Fields]]:
    """http/<kind>/<name>/<field>; fields in lower case but for the names of headers."""
    tree: dict[str, dict[str, Fields]] = {}
    for key, value in pairs.items():
        area, kind, name, rest = (*key.split("/", 3), "", "", "")[:4]
        group, _, header = rest.rpartition("/")
        if group.lower() == "headers/customrequestheaders":
            rest = f"{group.lower()}/{header}"
        else:
            rest = rest.lower()
        if area == "http" and rest:
            tree.setdefault(kind, {}).setdefault(name, {})[rest] = value
    return tree


def _listed(fields: Fields, name: str) -> tuple[str, ...]:
    """The values of `<name>/0`, `<name>/1`, ... in order."""
    found = [key for key in fields if key.rpartition("/")[0] == name]
    return tuple(fields[key] for key in sorted(found, key=lambda key: int(key.rpartition("/")[2])))


def full_name(name: str) -> str:
    """The name with its provider; the one that writes it is Consul's key-value store."""
    return name if "@" in name else f"{name}@consul"


def _catalog_service(name: str, tags: Any, servers: Any) -> tuple[str, Service]:
    full, key = f"{name}@consulcatalog", f"traefik.http.services.{name}.loadbalancer.strategy="
    strategies = [tag.partition("=")[2] for tag in tags if tag.lower().startswith(key.lower())]
    return full, Service(full, tuple(sorted(servers)), (*strategies, "wrr")[0])


def _service(name: str, fields: Fields) -> Service:
    children, number = [], 0
    while child := fields.get(f"weighted/services/{number}/name"):
        children.append((child, int(fields.get(f"weighted/services/{number}/weight", "1"))))
        number += 1
    urls, number = [], 0
    while url := fields.get(f"loadbalancer/servers/{number}/url"):
        urls.append(url)
        number += 1
    strategy = fields.get("loadbalancer/strategy", "wrr")
    kinds = {key.partition("/")[0] for key in fields}
    error = "" if kinds <= {"weighted", "loadbalancer"} else f"not known here: {sorted(kinds)}"
    return Service(name, tuple(urls), strategy, tuple(children), error)


def _checked(service: Service, services: Mapping[str, Service]) -> Service:
    error = service.error
    for child in (full_name(name) for name, _ in service.children):
        if child not in services:
            gone = f'"{child}": the service "{child}" does not exist'
            error = error or f"building HTTP service {gone}"
        elif services[child].children:
            error = error or "not known here: weights below weights"
    return replace(service, error=error)


def _middleware(fields: Fields) -> Middleware:
    header = "headers/customrequestheaders/"
    by_host = fields.get("inflightreq/sourcecriterion/requesthost", "true") == "true"
    known = ("retry/", "stripprefix/prefixes/", header, *["inflightreq/"] * by_host)
    known = (*known, "redirectregex/", "redirectscheme/")
    amount = fields.get("inflightreq/amount")
    return Middleware(
        attempts=int(fields.get("retry/attempts", "1")),
        interval_s=seconds(fields.get("retry/initialinterval", "")),
        strip=_listed(fields, "stripprefix/prefixes"),
        headers={k.removeprefix(header): v for k, v in fields.items() if k.startswith(header)},
        in_flight=None if amount is None else int(amount),
        redirect=to_scheme(fields) or by_regex(fields),
        error="" if all(k.startswith(known) for k in fields) else f"not known here: {[*fields]}",
    )


def _router(name: str, fields: Fields) -> Router:
    rule, service = fields.get("rule", ""), fields.get("service", "")
    entry_points = _listed(fields, "entrypoints") or ("direct",)
    middlewares = tuple(full_name(each) for each in _listed(fields, "middlewares"))
    priority = int(fields.get("priority", "0")) or len(rule)
    return _ruled(f"{name}@consul", rule, priority, entry_points, service, middlewares)


def _default_router(service: str) -> Router:
    """The router that each exposed service of the catalog gets; `direct` alone takes it."""
    name = service.partition("@")[0]
    return _ruled(service, f"Host(`{name}`)", len(name) + 8, ("direct",), service, ())


def _ruled(name: str, rule: str, priority: int, entry_points: Any, to: str, via: Any) -> Router:
    written = to.removesuffix("@consulcatalog") if name.endswith("@consulcatalog") else to
    try:
        matches, error = parse(rule), ""
    except BadRule as bad:
        matches, error = (lambda head: False), str(bad)
    return Router(name, rule, priority, entry_points, written, full_name(to), via, matches, error)


def _routable(
    router: Router, services: Mapping[str, Service], middlewares: Mapping[str, Middleware]
) -> Router:
    """The router, disabled with Traefik's words where something that it names is missing."""
    service, error = services.get(router.leads_to), router.error
    for name in set(router.entry_points) - ENTRY_POINTS:
        error = error or f'entryPoint "{name}" doesn\'t exist'
    if service is None:
        error = error or f'the service "{router.leads_to}" does not exist'
    else:
        error = error or service.error
    for name in router.middlewares:
        found = middlewares.get(name)
        error = error or (found.error if found else f'middleware "{name}" does not exist')
    return replace(router, error=error)
