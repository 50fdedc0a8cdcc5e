"""Reading the API of an edge."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

import requests

from jobs.errors import Refused, Unavailable
from jobs.failures import kind_of, unreachable, words
from jobs.session import CONNECT_S, session

READ_S = 5.0
_PAGE = 1000
_PART_BYTES = 1 << 20
_log = logging.getLogger(__name__)

Json = Mapping[str, Any]


def objects(api: str, kind: str, prefix: str) -> dict[str, Json]:
    """Return Muster's routers or services whose names begin with `prefix`, by name.

    `kind` is "routers" or "services". Traefik's list has pages (of 100, unless asked) and can be
    searched; one that does neither is read whole and filtered here.
    """
    found: dict[str, Json] = {}
    page = 1
    with session() as http:
        while page:
            listed, page = _page(http, api, kind, prefix, page)
            found |= {each["name"]: each for each in listed if _ours(each["name"], prefix)}
    return {name.removesuffix("@consul"): each for name, each in found.items()}


def metrics(api: str, *, within_s: float) -> bytes:
    """Return the edge's metrics as Prometheus text; Unavailable after `within_s` seconds."""
    url = f"{api.rstrip('/')}/metrics"
    end = time.monotonic() + within_s
    with session() as http:
        response = _get(http, api, url, {}, stream=True, read_s=within_s / 2)
        parts = []
        try:
            for part in response.iter_content(_PART_BYTES):
                parts.append(part)
                if time.monotonic() > end:
                    raise requests.ReadTimeout
        except requests.RequestException as error:
            raise unreachable(error, "edge", api) from error
    return b"".join(parts)


def _ours(name: str, prefix: str) -> bool:
    return name.startswith(prefix) and name.endswith("@consul")


def _page(
    http: requests.Session, api: str, kind: str, prefix: str, page: int
) -> tuple[list[Json], int]:
    """Return one page and the next one's number, 0 after the last one."""
    params = {"search": prefix, "per_page": str(_PAGE), "page": str(page)}
    response = _get(http, api, f"{api.rstrip('/')}/api/http/{kind}", params)
    try:
        listed: list[Json] = response.json()
    except requests.JSONDecodeError:
        listed = []
        page = -1
    if page < 0:
        raise Unavailable(f"edge at {api} answered with something else than JSON", server="edge")
    # Traefik says 1 after the last page.
    following = int(response.headers.get("X-Next-Page") or 0)
    return listed, following if following > page else 0


def _get(
    http: requests.Session,
    api: str,
    url: str,
    params: Mapping[str, str],
    *,
    stream: bool = False,
    read_s: float = READ_S,
) -> requests.Response:
    started = time.monotonic()
    outcome = _send(http, url, params, stream, read_s)
    status = outcome.status_code if isinstance(outcome, requests.Response) else "-"
    _log.info("edge GET %s %s %.0f ms", url, status, (time.monotonic() - started) * 1000)
    if not isinstance(outcome, requests.Response):
        raise unreachable(outcome, "edge", api)
    if outcome.status_code >= 300:
        text = words(outcome.content) or str(outcome.status_code)
        kind = Unavailable if outcome.status_code == 500 else kind_of(outcome.status_code)
        raise kind(f"edge: {text}", server="edge", status=outcome.status_code)
    return outcome


def _send(
    http: requests.Session, url: str, params: Mapping[str, str], stream: bool, read_s: float
) -> requests.Response | Exception:
    try:
        return http.get(
            url,
            params=params,
            stream=stream,
            timeout=(min(CONNECT_S, read_s), read_s),
            allow_redirects=False,
        )
    except requests.RequestException as error:
        return error


def required(meta: Mapping[str, str], key: str, edge: str) -> str:
    """Return an entry of an edge's Meta; raises Refused where it is missing."""
    if not meta.get(key):
        raise Refused(f"edge {edge} says no `{key}` in its Meta in Consul", server="consul")
    return meta[key]
