"""A WSGI app from a table of routes, which always has a thread left for the health check."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any

INSTANCE = os.environ.get("NOMAD_ALLOC_ID", "")
VERSION = os.environ.get("VERSION", "unknown")
THREADS = 16
# The health check must not queue behind requests: a busy instance is not an ill one.
PLACES = THREADS - 4

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
    places = BoundedSemaphore(PLACES)

    def app(environ: Environ, start: Start) -> Iterable[bytes]:
        reply = _answer(routes, places, environ)
        length = ("Content-Length", str(len(reply.body)))
        start(reply.status, [("Content-Type", reply.content_type), length, *reply.headers])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]

    return app


def _answer(
    routes: Mapping[tuple[str, str], Route], places: BoundedSemaphore, environ: Environ
) -> Reply:
    method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO") or "/"
    if path == "/health":
        return Reply(b"ok\n")
    route = routes.get(("GET" if method == "HEAD" else method, path))
    if route is None:
        return Reply(b"There is no such page.\n", status="404 Not Found")
    if not places.acquire(blocking=False):
        again = (("Retry-After", "1"),)
        return Reply(b"Busy.\n", status="503 Service Unavailable", headers=again)
    try:
        return route(environ)
    except Exception:
        logging.exception("%s %s failed", method, path)
        return Reply(b"Something went wrong.\n", status="500 Internal Server Error")
    finally:
        places.release()
