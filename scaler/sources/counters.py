"""What an edge's counters say: parsed by one expression, and compared with the reading before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from scaler.rules.arrays import Floats

_NAME = rb"traefik_service_request_duration_seconds"
_FIRST = re.compile(
    rb"^" + _NAME + rb'_bucket\{code="[^"]*",method="[^"]*",protocol="[^"]*",service="[^"]*",'
    rb'le="([^"]+)"\} \S+$',
    re.MULTILINE,
)
_OPEN = re.compile(rb'^traefik_open_connections\{entrypoint="(\w+)",protocol="TCP"\} (\S+)$', re.M)
_OWN = re.compile(rb"^traefik_\w+[{ ]", re.M)
_ANSWERED = re.compile(
    rb"^traefik_(?:entrypoint|router)_requests_total"
    rb'\{code="2\d\d",(?![^}]*(?:entrypoint="traefik"|@internal))[^}]*\} (\S+)$',
    re.MULTILINE,
)
_ROUTED = b"traefik_router_requests_total"
# Not bound to a line's beginning: so the expression is looked for by its first, long literal.
_TOO_MANY = re.compile(
    _ROUTED + rb'\{code="429",method="[^"]*",protocol="http",router="([^"]*)"[^}]*\} (\S+)$', re.M
)
_BY_SERVICE = re.compile(rb"^traefik_service_request", re.M)
_STARTED = re.compile(rb"^process_start_time_seconds (\S+)$", re.M)

Key = tuple[bytes, bytes, bytes]
"""Service as the edge names it, status, method."""


@dataclass(frozen=True)
class Counters:
    """One reading: a row of `values` for each key: cumulative buckets, then the sum of seconds.

    `bounds` are the buckets' upper bounds in seconds, the last one infinite. `open` connections
    by entry point. `started`: when the edge's process was, 0 where it does not say.
    `by_service`: whether the page names any service at all; where it does not, `answered` are the
    requests with 2xx at entry points and routers, each counted at both; `mute`: what `is_mute`
    said of it. `too_many`: answers with 429 by router, whoever gave them; None where the page names
    services and no router.
    """

    at: float
    bounds: Floats
    places: Mapping[Key, int]
    values: Floats
    open: Mapping[str, float]
    started: float = 0.0
    answered: float = 0.0
    by_service: bool = True
    mute: bool = False
    too_many: Mapping[bytes, float] | None = field(default_factory=dict)


def of_traefik(text: bytes) -> bool:
    """Whether a page is Traefik's own: that says when it loaded its configuration, also while idle.

    Without this an empty page, or that of whatever else answers there, would tell of no requests.
    """
    return _OWN.search(text) is not None


def parse(text: bytes, at: float) -> Counters:
    """The counters of plain requests: upgraded protocols and status 101 are left out.

    A series is a run of lines, a bucket each, then sum and count; the expression takes all of it
    at once, its length being that of the first one.
    """
    bounds = _bounds(text) or [np.inf]
    opened = _OPEN.findall(text, *_part(text, b"traefik_open_connections{"))
    started, by_service = _STARTED.search(text), _BY_SERVICE.search(text) is not None
    found = _series(len(bounds)).findall(text, *_part(text, _NAME))
    table = np.array([row[3:-1] for row in found], dtype=np.float64)
    return Counters(
        at=at,
        bounds=np.array(bounds, dtype=np.float64),
        places={(row[2], row[0], row[1]): place for place, row in enumerate(found)},
        values=table.reshape(len(found), len(bounds) + 1),
        open={name.decode(): float(value) for name, value in opened},
        started=float(started[1]) if started else 0.0,
        answered=0.0 if by_service else sum(map(float, _ANSWERED.findall(text))),
        by_service=by_service,
        too_many=_too_many(text) if _ROUTED in text or not by_service else None,
    )


def _too_many(text: bytes) -> dict[bytes, float]:
    """The answers with 429 by router, of all methods together."""
    found: dict[bytes, float] = {}
    for router, count in _TOO_MANY.findall(text, *_part(text, _ROUTED + b"{")):
        found[router] = found.get(router, 0.0) + float(count)
    return found


def _part(text: bytes, name: bytes) -> tuple[int, int]:
    """Where the lines of a metric begin and end: they stand together in a page of megabytes."""
    first = 0 if text.startswith(name) else text.find(b"\n" + name) + 1
    last = text.rfind(b"\n" + name) + 1
    return first, text.find(b"\n", last) + 1 or len(text)


def is_mute(before: Counters, now: Counters) -> bool:
    """Whether an edge answers requests and tells of none which service it was for.

    Its services look idle then. One that has answered nothing since the reading before has
    nothing to tell, and 404 is no service's answer; one that told of a service since it was
    started is not set up so. Once mute it is, until it tells of one or is started again.
    """
    if now.by_service or before.by_service or before.started != now.started:
        return False
    return before.mute or now.answered > before.answered


def _bounds(text: bytes) -> list[float]:
    """The bounds of the first series, up to the infinite one."""
    found: list[float] = []
    for match in _FIRST.finditer(text):
        found.append(float(match[1]))
        if np.isinf(found[-1]):
            break
    return found


def _series(buckets: int) -> re.Pattern[bytes]:
    first = (
        rb"^" + _NAME + rb'_bucket\{code="((?!101)\d+)",method="([^"]*)",protocol="http",'
        rb'service="([^"]*)",le="[^"]+"\} (\S+)\n'
    )
    more = rb"\S+ (\S+)\n" * (buckets - 1)
    return re.compile(
        first + more + _NAME + rb"_sum\S+ (\S+)\n" + _NAME + rb"_count\S+ (\S+)$", re.M
    )


def on_bounds(counted: Floats, bounds: Floats, wanted: Floats) -> Floats:
    """The rows of `counted` with the buckets of `wanted` alone, which are some of its `bounds`.

    Cumulative buckets lose nothing but their fineness; the sum of seconds stays at the end. An edge
    that counted nothing does not tell its bounds.
    """
    if not len(counted):
        return np.zeros((0, len(wanted) + 1))
    places = np.flatnonzero(np.isin(bounds, wanted))
    return counted[:, [*places.tolist(), counted.shape[1] - 1]]


@dataclass(frozen=True)
class Change:
    """What was counted between two readings: a row a key, as in `Counters`.

    `went` are the keys that are not there any more: what they counted last is lost. `too_many`:
    answers with 429 by router, None where instances answered and no router is named.
    """

    elapsed_s: float
    keys: tuple[Key, ...]
    values: Floats
    went: tuple[Key, ...]
    too_many: Mapping[bytes, float] | None = field(default_factory=dict)


def change(before: Counters, now: Counters) -> Change | None:
    """The change from one reading of an edge to the next; None where they cannot be compared.

    A counter that fell began again at 0, and so did a series that came. An edge that was started
    again, or has other buckets, has no reading before.
    """
    elapsed = now.at - before.at
    if elapsed <= 0 or before.started != now.started:
        return None
    if before.places and now.places and not np.array_equal(before.bounds, now.bounds):
        return None
    keys = tuple(now.places)
    old = np.zeros_like(now.values)
    pairs = [
        (place, before.places[key]) for key, place in now.places.items() if key in before.places
    ]
    if pairs:
        new_places, old_places = (list(column) for column in zip(*pairs, strict=True))
        old[new_places] = before.values[old_places]
    fell = (now.values < old).any(axis=1, keepdims=True)
    went = tuple(key for key in before.places if key not in now.places)
    values = np.where(fell, now.values, now.values - old)
    # The routers of a release's tests go with their series; the services' stay.
    mute = now.too_many is None and bool((values[:, -2] > 0).any())
    too_many = None if mute else _more(before.too_many or {}, now.too_many or {})
    return Change(elapsed, keys, values, went, too_many)


def _more(before: Mapping[bytes, float], now: Mapping[bytes, float]) -> dict[bytes, float]:
    """What each router counted since; one that fell, or came, began again at 0."""
    fell = {router: count < before.get(router, 0.0) for router, count in now.items()}
    return {
        router: count - (0.0 if fell[router] else before.get(router, 0.0))
        for router, count in now.items()
    }
