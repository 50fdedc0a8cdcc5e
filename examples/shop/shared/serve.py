"""A WSGI app from a table of routes: so many requests at a time, and the others wait."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from slots import Slots

INSTANCE = os.environ.get("NOMAD_ALLOC_ID", "")
VERSION = os.environ.get("VERSION", "unknown")
# How many requests an instance works on at a time.
SLOTS = int(os.environ.get("SLOTS", "4"))
# A request that waits holds a thread, which costs next to nothing.
THREADS = 400
# The health check must not queue behind requests: a busy instance is not an ill one. Where this
# is set it does, to show what comes of it.
HEALTH_WAITS = os.environ.get("HEALTH_WAITS", "") not in ("", "0", "false")

Environ = dict[str, Any]
Start = Callable[[str, list[tuple[str, str]]], Any]


@dataclass(frozen=True)
class Reply:
    """What a route answers; `status` with its words, as WSGI wants it."""

    body: bytes
    content_type: str = "text/plain; charset=utf-8"
    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = ()


Route = Callable[[Environ], Reply]


def json_reply(value: Any, status: str = "200 OK") -> Reply:
    """The value as a JSON reply."""
    return Reply(json.dumps(value).encode(), "application/json", status)


def serve(routes: Mapping[tuple[str, str], Route]) -> Callable[[Environ, Start], Iterable[bytes]]:
    """A WSGI app of these routes, by method and path, and of `/health`."""
    slots = Slots(SLOTS)

    def app(environ: Environ, start: Start) -> Iterable[bytes]:
        reply = _answer(routes, slots, environ)
        length = ("Content-Length", str(len(reply.body)))
        start(reply.status, [("Content-Type", reply.content_type), length, *reply.headers])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]

    return app


def _answer(routes: Mapping[tuple[str, str], Route], slots: Slots, environ: Environ) -> Reply:
    method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO") or "/"
    if path == "/health" and not HEALTH_WAITS:
        return _health(environ)
    known = {("GET", "/health"): _health, **routes}
    route = known.get(("GET" if method == "HEAD" else method, path))
    if route is None:
        return Reply(b"There is no such page.\n", status="404 Not Found")
    with slots:
        return _try(route, environ)


def _health(environ: Environ) -> Reply:
    return Reply(b"ok\n")


def _try(route: Route, environ: Environ) -> Reply:
    try:
        return route(environ)
    except Exception:
        logging.exception("%s %s failed", environ["REQUEST_METHOD"], environ.get("PATH_INFO"))
        return Reply(b"Something went wrong.\n", status="500 Internal Server Error")
