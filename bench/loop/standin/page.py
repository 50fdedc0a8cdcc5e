"""The edge's metrics page: text that was made beforehand, numbers that are filled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bench.loop.standin.load import BUCKETS, Floats

DIGITS = 10
SECONDS = "0000000.000"
METHODS = {"GET": 0.75, "POST": 0.25}
_TOTALS = ("requests_bytes_total", "requests_total", "responses_bytes_total")


class Page:
    """As Traefik 3.7 writes it with `addRoutersLabels`: a series a service and method.

    Numbers have leading zeros, so that the page keeps its length. What the platform does not read
    (routers, totals) is there, and stays at its first value.
    """

    def __init__(self, services: Sequence[str], started: float) -> None:
        """The page of these services, as the edge names them; it began at `started`."""
        text, places = bytearray(_head(started)), []
        for service in services:
            for method in METHODS:
                for line, digits in _series("service", service, method):
                    if digits:
                        places.append(_digits(len(text) + len(line) - len(digits) - 1, digits))
                    text += line
        for service in services:
            for method in METHODS:
                for line, _ in _series("router", service, method):
                    text += line
        self._text = np.frombuffer(text, dtype=np.uint8).copy()
        shape = (len(services), len(METHODS), len(BUCKETS) + 2, DIGITS)
        self._places = np.array(places, dtype=np.int64).reshape(shape)

    def filled(self, counted: Floats, seconds: Floats) -> bytes:
        """The page with these cumulative buckets (n, buckets) and sums of seconds (n,)."""
        shares = np.array(list(METHODS.values()))[np.newaxis, :, np.newaxis]
        buckets = np.floor(counted[:, np.newaxis, :] * shares)
        sums = np.floor(1000 * seconds[:, np.newaxis, np.newaxis] * shares)
        values = np.concatenate([buckets, sums, buckets[:, :, -1:]], axis=2).astype(np.int64)
        for digit in range(DIGITS):
            self._text[self._places[..., DIGITS - 1 - digit]] = 48 + values % 10
            values //= 10
        return self._text.tobytes()


def _head(started: float) -> bytes:
    return (
        f"# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds {started}\n"
        "# TYPE traefik_config_last_reload_success gauge\n"
        f"traefik_config_last_reload_success {started}\n"
        "# TYPE traefik_open_connections gauge\n"
        'traefik_open_connections{entrypoint="private",protocol="TCP"} 1000\n'
        'traefik_open_connections{entrypoint="web",protocol="TCP"} 4000\n'
    ).encode()


def _series(kind: str, service: str, method: str) -> Iterator[tuple[bytes, str]]:
    """The lines of one series, each with the digits that stand at its end, none if they stay."""
    name = f"traefik_{kind}_request_duration_seconds"
    router = f'router="{service.partition("@")[0]}--live@consul",' if kind == "router" else ""
    labels = f'code="200",method="{method}",protocol="http",{router}service="{service}"'
    zeros = "0" * DIGITS
    for bound in BUCKETS:
        yield f'{name}_bucket{{{labels},le="{bound}"}} {zeros}\n'.encode(), zeros
    yield f"{name}_sum{{{labels}}} {SECONDS}\n".encode(), SECONDS
    yield f"{name}_count{{{labels}}} {zeros}\n".encode(), zeros
    for total in _TOTALS:
        yield f"traefik_{kind}_{total}{{{labels}}} 1234567\n".encode(), ""


def _digits(start: int, digits: str) -> NDArray[np.int64]:
    """Where the digits stand in the page, without the point."""
    return np.array([start + at for at, each in enumerate(digits) if each.isdigit()])
