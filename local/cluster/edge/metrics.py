"""Counts requests and writes them as Prometheus text, under Traefik's names."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

BUCKETS = (
    0.005,
    0.01,
    0.025,
    0.05,
    0.075,
    0.1,
    0.15,
    0.2,
    0.25,
    0.3,
    0.4,
    0.5,
    0.75,
    1,
    2.5,
    5,
    10,
)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")
TOTALS = ("requests_bytes_total", "requests_total", "responses_bytes_total")


@dataclass(frozen=True, order=True)
class Labels:
    """Whose requests: `kind` is `service`, `router` or `entrypoint`, `name` the one of that kind.

    `service`: what a router leads to.
    """

    kind: str
    name: str
    code: int
    method: str
    protocol: str
    service: str = ""

    def text(self, **more: str) -> str:
        """As Traefik writes them, in the order of their names."""
        labels = {"code": str(self.code), self.kind: self.name, "method": self.method}
        labels |= {"service": self.service} if self.service else {}
        labels = dict(sorted({**labels, "protocol": self.protocol}.items())) | more
        return ",".join(f'{name}="{value}"' for name, value in labels.items())


class _Series:
    def __init__(self, buckets: int) -> None:
        self.buckets = [0] * (buckets + 1)
        self.sums: Counter[str] = Counter()


_Row = tuple[Labels, _Series]


class Metrics:
    """Everything counted since the start, but for services that vanished."""

    def __init__(self, buckets: Sequence[float] = BUCKETS) -> None:
        self._bounds = tuple(buckets)
        self._series: dict[Labels, _Series] = {}
        self._open: Counter[str] = Counter()
        self._loaded_at = time.time()
        self._lock = threading.Lock()

    def count(self, labels: Labels, duration_s: float, received: int, sent: int) -> None:
        """Takes in one answered request; sizes in bytes, without heads."""
        if labels.method not in METHODS:  # else anybody could make series without end
            labels = replace(labels, method="EXTENSION_METHOD")
        with self._lock:
            series = self._series.setdefault(labels, _Series(len(self._bounds)))
            series.buckets[bisect_left(self._bounds, duration_s)] += 1
            values = dict(zip(TOTALS, (received, 1, sent), strict=True))
            series.sums.update({**values, "seconds": duration_s})

    def loaded(self) -> None:
        """Takes in that another configuration holds from now on."""
        self._loaded_at = time.time()

    def opened(self, entry_point: str, change: int) -> None:
        """Takes in a client's connection that came (1) or went (-1)."""
        with self._lock:
            self._open[entry_point] += change

    def text(self, services: Collection[str], routers: Collection[str] = ()) -> str:
        """The page. Series of what is gone are shown once more, then forgotten."""
        known = {"service": services, "router": routers}
        with self._lock:
            lines = list(self._lines())
            for labels in list(self._series):
                if labels.kind in known and labels.name not in known[labels.kind]:
                    del self._series[labels]
        return "\n".join([*lines, ""])

    def _lines(self) -> Iterator[str]:
        yield "# TYPE traefik_config_last_reload_success gauge"
        yield f"traefik_config_last_reload_success {self._loaded_at:.0f}"
        rows = [(labels, self._series[labels]) for labels in sorted(self._series)]
        if routed := [row for row in rows if row[0].kind == "router"]:
            yield from self._totals("router", ("requests_total",), routed)
        for kind in ("entrypoint", "service"):
            mine = [row for row in rows if row[0].kind == kind]
            yield f"# TYPE traefik_{kind}_request_duration_seconds histogram"
            for labels, series in mine:
                yield from self._histogram(labels, series)
            yield from self._totals(kind, TOTALS, mine)
        yield "# TYPE traefik_open_connections gauge"
        for name, number in sorted(self._open.items()):
            yield f'traefik_open_connections{{entrypoint="{name}",protocol="TCP"}} {number}'

    def _totals(self, kind: str, totals: Sequence[str], rows: Sequence[_Row]) -> Iterator[str]:
        for total in totals:
            yield f"# TYPE traefik_{kind}_{total} counter"
            for labels, series in rows:
                yield f"traefik_{kind}_{total}{{{labels.text()}}} {series.sums[total]}"

    def _histogram(self, labels: Labels, series: _Series) -> Iterator[str]:
        name, so_far = f"traefik_{labels.kind}_request_duration_seconds", 0
        for bound, number in zip((*self._bounds, "+Inf"), series.buckets, strict=True):
            so_far += number
            le = bound if isinstance(bound, str) else f"{bound:g}"
            yield f"{name}_bucket{{{labels.text(le=le)}}} {so_far}"
        yield f"{name}_sum{{{labels.text()}}} {series.sums['seconds']}"
        yield f"{name}_count{{{labels.text()}}} {so_far}"
