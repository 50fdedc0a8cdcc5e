"""An edge's metrics as text, made by the local edge's own writer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from local.cluster.edge.metrics import Labels, Metrics

BOUNDS = (0.1, 0.2, 0.5, 1.0)
RECORDED = (Path(__file__).parents[2] / "data/recordings/traefik-3.7.9-metrics.txt").read_bytes()


def text(
    *served: tuple[str, int, float, int],
    protocol: str = "http",
    opened: int = 0,
    bounds: Sequence[float] = BOUNDS,
    routed: Sequence[tuple[str, int, int]] = (),
) -> bytes:
    """The page after requests: service, status, seconds that each took, how many.

    `routed`: router, status, how many, as an edge tells them with `addRoutersLabels`.
    """
    metrics = Metrics(bounds)
    metrics.opened("web", opened)
    metrics.opened("private", 0)
    for service, code, seconds, times in served:
        for _ in range(times):
            labels = Labels("service", service, code, "GET", protocol)
            metrics.count(labels, seconds, 0, 0)
    for router, code, times in routed:
        for _ in range(times):
            labels = Labels("router", router, code, "GET", protocol, BLUE)
            metrics.count(labels, 0.001, 0, 0)
    return metrics.text(_names(served)).encode()


def without_services(more: int, code: int = 200) -> bytes:
    """Traefik's own page with `addServicesLabels: false`, after more answers of this status."""
    lines = [line for line in RECORDED.splitlines() if b"traefik_service" not in line]
    name = b'traefik_entrypoint_requests_total{code="%d",entrypoint="web",' % code
    counted = [
        b"%s %d" % (line.rpartition(b" ")[0], float(line.rpartition(b" ")[2]) + more)
        if line.startswith(name)
        else line
        for line in lines
    ]
    return b"\n".join([*counted, b""])


def _names(served: Iterable[tuple[str, int, float, int]]) -> set[str]:
    return {service for service, *_ in served}


BLUE = "shop-production-web-blue@consulcatalog"
GREEN = "shop-production-web-green@consulcatalog"
FALLBACK = "shop-production-web--fallback@consul"
API = "shop-production-api-blue@consulcatalog"
LIVE = "shop-production-web--live@consul"
