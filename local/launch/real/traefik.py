"""The real Traefik: instances from Consul's catalog, routes from its key-value store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.launch.ports import Ports
from local.launch.real.http import Api

BUCKETS_S = (
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2.5, 5, 10,
)  # fmt: skip


def config(ports: Ports, consul_token: str) -> Mapping[str, Any]:
    """The static configuration. Only `direct` takes the routers of the default rule."""
    consul = f"127.0.0.1:{ports['consul']}"
    return {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "entryPoints": {
            "web": {"address": _loopback(ports["web"])},
            "private": {"address": _loopback(ports["private"])},
            "direct": {"address": _loopback(ports["direct"]), "asDefault": True},
            "traefik": {"address": _loopback(ports["edge_api"])},
        },
        "api": {"insecure": True, "dashboard": False},
        "ping": {"entryPoint": "traefik"},
        "metrics": {
            "prometheus": {
                "entryPoint": "traefik",
                "addRoutersLabels": True,
                "buckets": list(BUCKETS_S),
            }
        },
        "serversTransport": {"forwardingTimeouts": {"dialTimeout": "1s"}},
        "providers": {
            "providersThrottleDuration": "0.5s",
            "consulCatalog": {
                "watch": True,
                "exposedByDefault": False,
                "prefix": "traefik",
                "endpoint": {"address": consul, "scheme": "http", "token": consul_token},
            },
            "consul": {"endpoints": [consul], "rootKey": "traefik", "token": consul_token},
        },
    }


def ready(ports: Ports) -> bool:
    """Whether it answers."""
    return Api(f"http://{_loopback(ports['edge_api'])}", "X-None", "").answers("/api/version")


def register(consul: Api, ports: Ports) -> None:
    """Nothing; Consul knows this edge and where its entry points are, and checks it."""
    edge = f"http://{_loopback(ports['edge_api'])}"
    meta = {name: _loopback(ports[name]) for name in ("web", "private", "direct")}
    consul.put(
        "/v1/agent/service/register",
        {
            "ID": "traefik",
            "Name": "traefik",
            "Address": "127.0.0.1",
            "Port": ports["private"],
            "Meta": {"api": edge, **meta},
            "Check": {"HTTP": f"{edge}/ping", "Interval": "2s", "Timeout": "1s"},
        },
    )


def _loopback(port: int) -> str:
    return f"127.0.0.1:{port}"
