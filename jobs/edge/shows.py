"""Whether an edge has taken up what was written for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jobs.consul import Consul, Endpoint
from jobs.edge.api import Json, objects, required
from jobs.edge.differs import slug_of
from jobs.edge.routes import ROOT

SERVICE = "traefik"


@dataclass(frozen=True)
class Edge:
    """An edge: the URL of its API, and `host:port` of its entry points."""

    id: str
    api: str
    web: str
    private: str
    direct: str


def edges(consul: Consul) -> tuple[Edge, ...]:
    """Return the edges that pass in Consul; Refused when one does not say where its API is."""
    return tuple(_edge(endpoint) for endpoint in consul.health(SERVICE))


def _edge(endpoint: Endpoint) -> Edge:
    parts = {
        key: required(endpoint.meta, key, endpoint.id)
        for key in ("api", "web", "private", "direct")
    }
    return Edge(id=endpoint.id, **parts)


def shows(edge: Edge, wanted: Mapping[str, str], *, slug: str = "") -> bool:
    """Return whether the edge's routers and services of a slug are those of `wanted`, its `tree`.

    A router is shown whatever its status: one whose service has no instance is "disabled", and
    Traefik enables it by itself. The slug is read from `wanted`; with nothing wanted, name it.
    Raises Unavailable when the edge does not answer.
    """
    slug = slug or _slug(wanted)
    routers = objects(edge.api, "routers", f"{slug}--")
    if {name: _router(body) for name, body in routers.items()} != _routers(wanted):
        return False
    services = objects(edge.api, "services", f"{slug}--")
    return {name: _service(body) for name, body in services.items()} == _services(wanted)


def _slug(wanted: Mapping[str, str]) -> str:
    slugs = {slug_of(key) for key in wanted} - {None}
    if len(slugs) != 1:
        raise ValueError(f"the keys of one service are needed, not of {sorted(map(str, slugs))}")
    return str(slugs.pop())


def _routers(wanted: Mapping[str, str]) -> dict[str, tuple[str, str, int]]:
    base = f"{ROOT}/routers/"
    names = {key.split("/")[3] for key in wanted if key.startswith(base)}
    return {
        name: (
            wanted[f"{base}{name}/rule"],
            wanted[f"{base}{name}/service"],
            int(wanted[f"{base}{name}/priority"]),
        )
        for name in names
    }


def _router(body: Json) -> tuple[str, str, int]:
    # Traefik may add to a name where it comes from.
    service = str(body.get("service", "")).removesuffix("@consul")
    return str(body.get("rule", "")), service, int(body.get("priority", 0))


def _services(wanted: Mapping[str, str]) -> dict[str, frozenset[tuple[str, str]]]:
    """Return each service's weighted children, or its servers with no weight."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for key, value in wanted.items():
        if key.startswith(f"{ROOT}/services/"):
            *_, name, _, _, number, field = key.split("/")
            found.setdefault(name, {}).setdefault(number, {})[field] = value
    return {
        name: frozenset(_child(child) for child in children.values())
        for name, children in found.items()
    }


def _service(body: Json) -> frozenset[tuple[str, str]]:
    children = (body.get("weighted") or {}).get("services") or ()
    servers = (body.get("loadBalancer") or {}).get("servers") or ()
    return frozenset(_child(child) for child in (*children, *servers))


def _child(body: Json) -> tuple[str, str]:
    if "url" in body:
        return str(body["url"]), ""
    return str(body.get("name", "")), str(body.get("weight", ""))
