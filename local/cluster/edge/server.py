"""The stand-in for Traefik: three entry points, its API and metrics, and the command line."""

from __future__ import annotations

import argparse
import os
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from local.cluster.edge.config import Router, Service
from local.cluster.edge.metrics import BUCKETS, Metrics
from local.cluster.edge.proxy import EntryPoint, Shared
from local.cluster.edge.watch import Consul, Watch, register
from local.cluster.web import Answer, Request, Route, Server, run

GRACE_S = 10.0


def shown_router(router: Router) -> dict[str, Any]:
    """A router as Traefik's API shows it."""
    row: dict[str, Any] = {"entryPoints": list(router.entry_points), "service": router.service}
    if router.middlewares:
        row["middlewares"] = list(router.middlewares)
    if router.error:
        row["error"] = [router.error]
    return row | {
        "rule": router.rule,
        "priority": router.priority,
        "status": "disabled" if router.error else "enabled",
        "using": list(router.entry_points),
        "name": router.name,
        "provider": router.name.rpartition("@")[2],
        "priorityStr": str(router.priority),
    }


def shown_service(service: Service, routers: Sequence[Router]) -> dict[str, Any]:
    """A service as Traefik's API shows it."""
    row: dict[str, Any] = {"name": service.name, "provider": service.name.rpartition("@")[2]}
    row["status"] = "disabled" if service.error else "enabled"
    used_by = sorted(each.name for each in routers if each.leads_to == service.name)
    if used_by:
        row["usedBy"] = used_by
    if service.error:
        row["error"] = [service.error]
    if service.children:
        children = [{"name": name, "weight": weight} for name, weight in service.children]
        return row | {"type": "weighted", "weighted": {"services": children}}
    servers = [{"url": url} for url in service.servers]
    balancer = {"servers": servers, "strategy": service.strategy, "passHostHeader": True}
    status = dict.fromkeys(service.servers, "UP")
    return row | {"type": "loadbalancer", "loadBalancer": balancer, "serverStatus": status}


def routes(shared: Shared) -> list[Route]:
    """The table of the API's endpoints; all else is answered with 501."""

    def routers(request: Request) -> Answer:
        return Answer([shown_router(each) for _, each in sorted(shared.config.routers.items())])

    def router(request: Request) -> Answer:
        found = shared.config.routers.get(request.path["name"])
        return Answer(shown_router(found)) if found else _missing("router", request)

    def services(request: Request) -> Answer:
        known, all_routers = shared.config.services, [*shared.config.routers.values()]
        return Answer([shown_service(known[name], all_routers) for name in sorted(known)])

    def service(request: Request) -> Answer:
        found, all_routers = shared.config.services, [*shared.config.routers.values()]
        one = found.get(request.path["name"])
        return Answer(shown_service(one, all_routers)) if one else _missing("service", request)

    def metrics(request: Request) -> Answer:
        return Answer(shared.metrics.text(shared.config.services, shared.config.routers))

    return [
        Route("GET", "/api/http/routers", routers),
        Route("GET", "/api/http/routers/{name}", router),
        Route("GET", "/api/http/services", services),
        Route("GET", "/api/http/services/{name}", service),
        Route("GET", "/metrics", metrics),
        Route("GET", "/ping", lambda request: Answer("OK")),
    ]


def _missing(kind: str, request: Request) -> Answer:
    return Answer(f'{{"message":"{kind} not found: {request.path["name"]}"}}\n', 404)


def registration(web: int, private: int, direct: int, api: int) -> dict[str, Any]:
    """The edge as a service in Consul: its private entry point, and where the others are."""
    address = "http://127.0.0.1"
    meta = {"web": f"127.0.0.1:{web}", "private": f"127.0.0.1:{private}"}
    check = {"HTTP": f"{address}:{api}/ping", "Interval": "1s", "Timeout": "2s"}
    return {
        "Name": "traefik",
        "ID": f"traefik-{api}",
        "Address": "127.0.0.1",
        "Port": private,
        "Meta": {**meta, "direct": f"127.0.0.1:{direct}", "api": f"{address}:{api}"},
        "Check": {**check, "Name": "ping"},
    }


def main() -> None:
    """The command line; the token for Consul is in CONSUL_HTTP_TOKEN."""
    parser = argparse.ArgumentParser(description="A stand-in for Traefik.")
    for name in ("web", "private", "direct", "api"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--consul", required=True)
    parser.add_argument("--root", default="traefik")
    parser.add_argument("--buckets", default=",".join(f"{bound:g}" for bound in BUCKETS))
    given = parser.parse_args()
    shared = Shared(Metrics([float(bound) for bound in given.buckets.split(",")]))
    points = [EntryPoint(n, getattr(given, n), shared) for n in ("web", "private", "direct")]
    for point in points:
        threading.Thread(target=point.serve_forever, args=(0.1,), daemon=True).start()
    consul, ended = Consul(given.consul, os.environ.get("CONSUL_HTTP_TOKEN", "")), threading.Event()
    Watch(consul, given.root, shared.take).start()
    service = registration(given.web, given.private, given.direct, given.api)
    threading.Thread(target=register, args=(consul, service, ended), daemon=True).start()

    def stop() -> None:
        ended.set()
        with suppress(OSError, ValueError):
            consul.call("PUT", f"/v1/agent/service/deregister/{service['ID']}")
        _finish(points, shared)

    run(Server(given.api, routes(shared)), stop)


def _finish(points: Sequence[EntryPoint], shared: Shared) -> None:
    """Takes no new connections, and gives requests in flight time to end."""
    for point in points:
        point.shutdown()
        point.server_close()
    until = time.monotonic() + GRACE_S
    while shared.balance.in_flight() and time.monotonic() < until:
        time.sleep(0.05)
