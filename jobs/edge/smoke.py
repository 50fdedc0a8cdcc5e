"""Trying a colour that has no traffic yet, where only Muster reaches it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import requests

from jobs.edge.routes import COLOUR_HEADER
from jobs.edge.shows import Edge
from jobs.failures import unreachable
from jobs.session import session

_LONGEST_DETAIL = 200
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Probe:
    """What one request found. `status` is None where no answer came; `detail` says why in words."""

    ok: bool
    status: int | None
    detail: str


def probe(edge: Edge, host: str, path: str, colour: str, timeout_s: float) -> Probe:
    """Return how a colour answers `GET path` on the entry point `direct` of one edge.

    `ok` is a status from 200 to 399; a redirect is an answer and is not followed. `timeout_s`
    bounds connecting and each wait for bytes. Never raises for what the app or the edge does.
    """
    headers = {"Host": host, COLOUR_HEADER: colour}
    with session() as http:
        # With none allowed at all, requests raises at an answer that it is told not to follow.
        http.max_redirects = 1
        try:
            response = http.get(
                f"http://{edge.direct}{path}",
                headers=headers,
                timeout=(timeout_s, timeout_s),
                allow_redirects=False,
                stream=True,
            )
            body = next(response.iter_content(_LONGEST_DETAIL), b"")
        except requests.RequestException as error:
            found = Probe(False, None, unreachable(error, "edge", edge.direct).message)
        else:
            found = _judge(response.status_code, body)
    _log.info("edge smoke %s %s %s %s", host, path, colour, found.status or "-")
    return found


def _judge(status: int, body: bytes) -> Probe:
    if 200 <= status < 400:
        return Probe(True, status, f"answered {status}")
    text = " ".join(body.decode("utf-8", "replace").split())
    return Probe(False, status, f"answered {status}: {text}" if text else f"answered {status}")
