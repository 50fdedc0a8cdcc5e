"""Rate, errors and durations of every service behind the edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from jobs import servers
from jobs.edge import Edge, edges, metrics
from jobs.errors import ClusterError
from scaler.rules.arrays import Floats, Ints, divided
from scaler.sources.counters import (
    Change,
    Counters,
    Key,
    change,
    is_mute,
    of_traefik,
    on_bounds,
    parse,
)
from scaler.sources.histogram import quantile
from scaler.sources.kept import Kept
from scaler.sources.source import WITHIN_S, Asked, Reading

COLOURS = ("-blue@consulcatalog", "-green@consulcatalog")
FALLBACK = "--fallback@consul"
QUANTILES = {"p50_s": 0.5, "p95_s": 0.95, "p99_s": 0.99}
ROUTED = ("live", "other", "share")
"""The layers whose routers lead to instances, and may turn requests away."""
COUNTED = ("rate", "errors", "fallback", "refused", "mean_s", "concurrency", *QUANTILES)
MOST_EDGES = 8
MUTE = "edge at {} tells nothing per service: set addServicesLabels: true in its metrics"
UNROUTED = "edge at {} does not tell what it turns away: set addRoutersLabels: true in its metrics"
EDGE_KINDS = frozenset({"web", "static", "private"})
UNLIKE = "the edges' buckets differ: durations are told by those that all of them have"
_OF_FALLBACK, _OF_SERVICE = 1, 0


@dataclass(frozen=True)
class _Sums:
    """What a service counted at one edge, by (service, 5xx or not): buckets and seconds.

    `refused` (n,): answers with 429 of its routers that none of its instances gave.
    """

    answered: Floats
    failed: Floats
    fallback: Floats
    refused: Floats


class EdgeSource:
    """Compares each edge's counters with those of its last reading.

    Without a reading before, as of an edge that came, nothing is known for one interval; nor is
    it while one of the edges that pass in Consul does not answer.
    """

    def __init__(self, kept: Kept | None = None) -> None:
        self._kept = kept or Kept()
        self._edges: dict[int, tuple[Edge, ...]] = {}

    def read(self, asked: Asked) -> Reading:
        """The columns of the edge; what could not be read is unknown."""
        try:
            found = self._edges[asked.cell] = edges(servers.consul())
        except ClusterError as error:
            found = self._edges.get(asked.cell, ())
            if not found:
                return Reading({}, (error.message,))
        if not found:
            return Reading({}, ("no edge passes in Consul",))
        before = self._kept.last(asked.cell)
        now, failures = _fetched(found, asked.now)
        now = {name: _compared(before.get(name), each) for name, each in now.items()}
        self._kept.put(asked.cell, now)
        failures = failures or _mute(asked, found, now)
        if failures:
            return Reading({}, failures)
        changes = [change(before[name], now[name]) if name in before else None for name in now]
        known = [each for each in changes if each is not None]
        if len(known) < len(changes):
            return Reading({})
        readings = list(now.values())
        told = dict(zip(now, known, strict=True))
        said = (*([UNLIKE] if _unlike(readings) else []), *_unrouted(asked, found, told))
        return Reading(columns(asked, known, readings), said)


def _compared(before: Counters | None, now: Counters) -> Counters:
    """The reading, and whether its edge is mute as far as the one before says."""
    return now if before is None else replace(now, mute=is_mute(before, now))


def _mute(asked: Asked, found: Sequence[Edge], now: Mapping[str, Counters]) -> tuple[str, ...]:
    """Which edges tell nothing of the services that are reached by them."""
    if not EDGE_KINDS.intersection(asked.kinds):
        return ()
    return tuple(MUTE.format(each.api) for each in found if now[each.id].mute)


def _unrouted(asked: Asked, found: Sequence[Edge], told: Mapping[str, Change]) -> tuple[str, ...]:
    """Which edges do not tell what they turn away, where they may."""
    if not any(asked.guarded):
        return ()
    return tuple(UNROUTED.format(each.api) for each in found if told[each.id].too_many is None)


def _fetched(found: Sequence[Edge], now: float) -> tuple[dict[str, Counters], tuple[str, ...]]:
    """The reading of each edge that answered, and why others did not."""

    def fetch(edge: Edge) -> Counters | str:
        try:
            page = metrics(edge.api, within_s=WITHIN_S)
        except ClusterError as error:
            return error.message
        if not of_traefik(page):
            return f"edge at {edge.api} answered with something else than Traefik's metrics"
        return parse(page, now)

    with ThreadPoolExecutor(min(len(found), MOST_EDGES)) as pool:
        answers = dict(zip((edge.id for edge in found), pool.map(fetch, found), strict=True))
    failures = {answer for answer in answers.values() if isinstance(answer, str)}
    read = {name: each for name, each in answers.items() if not isinstance(each, str)}
    return read, tuple(sorted(failures))


def columns(
    asked: Asked, changes: Sequence[Change], readings: Sequence[Counters]
) -> dict[str, Floats]:
    """The columns of the edge from each edge's change and last reading, in the same order."""
    bounds = _common(readings)
    sums = [
        _summed(asked, each, on_bounds(each.values, reading.bounds, bounds))
        for each, reading in zip(changes, readings, strict=True)
    ]
    elapsed = [each.elapsed_s for each in changes]
    found = _figures(bounds, sums, elapsed)
    gone = _gone(asked, changes)
    for name in COUNTED:
        found[name][gone] = np.nan
    found["open"] = _open(asked, readings)
    found["edge_age_s"] = np.zeros(len(asked))
    return found


def _figures(bounds: Floats, sums: Sequence[_Sums], elapsed: Sequence[float]) -> dict[str, Floats]:
    def rate(tables: Sequence[Floats], place: int) -> Floats:
        each = [table[:, place] / s for table, s in zip(tables, elapsed, strict=True)]
        return np.asarray(np.sum(each, axis=0))

    answered = [each.answered for each in sums]
    failed = [each.failed for each in sums]
    buckets = np.sum(answered, axis=0)
    found = {
        "rate": rate(answered, -2) + rate(failed, -2),
        "errors": rate(failed, -2),
        "fallback": rate([each.fallback for each in sums], -2),
        "refused": rate([each.refused[:, np.newaxis] for each in sums], -1),
        "concurrency": rate(answered, -1) + rate(failed, -1),
        "mean_s": divided(buckets[:, -1], buckets[:, -2]),
    }
    for name, share in QUANTILES.items():
        found[name] = quantile(share, bounds, buckets[:, :-1])
    return found


def _common(readings: Sequence[Counters]) -> Floats:
    """The bounds that every edge has which counted something; the infinite one is among them."""
    counted = [each.bounds for each in readings if each.places] or [readings[0].bounds]
    return reduce(np.intersect1d, counted)


def _unlike(readings: Sequence[Counters]) -> bool:
    bounds = _common(readings)
    return any(each.places and len(each.bounds) > len(bounds) for each in readings)


def _summed(asked: Asked, counted: Change, values: Floats) -> _Sums:
    """An edge's change by service; both colours, all methods and statuses together."""
    keys = counted.keys
    services, kinds = _places(asked, keys)
    failed = np.array([key[1].startswith(b"5") for key in keys], dtype=np.bool_)

    def total(chosen: Floats) -> Floats:
        table = np.zeros((len(asked), values.shape[1]))
        np.add.at(table, services[chosen], values[chosen])
        return table

    own = (services >= 0) & (kinds == _OF_SERVICE)
    too_many = np.array([key[1] == b"429" for key in keys], dtype=np.bool_)
    answers = total(own & too_many)[:, -2]
    return _Sums(
        answered=total(own & ~failed),
        failed=total(own & failed),
        fallback=total((services >= 0) & (kinds == _OF_FALLBACK)),
        refused=np.maximum(_by_routers(asked, counted.too_many) - answers, 0.0),
    )


def _by_routers(asked: Asked, too_many: Mapping[bytes, float] | None) -> Floats:
    """Answers with 429 of each service's routers, whoever gave them; NaN where nobody tells. (n,)

    A router is named after the slug, its layer and, but for the first, its rule.
    """
    if too_many is None:
        return np.full(len(asked), np.nan)
    found, places = np.zeros(len(asked)), {slug: n for n, slug in enumerate(asked.slugs)}
    for router, count in too_many.items():
        slug, _, rest = router.decode().removesuffix("@consul").partition("--")
        if slug in places and rest.partition("-")[0] in ROUTED:
            found[places[slug]] += count
    return found


def _places(asked: Asked, keys: Sequence[Key]) -> tuple[Ints, Ints]:
    """Which service each key is of, -1 for none, and whether it is its fallback."""
    known: dict[bytes, tuple[int, int]] = {}
    for place, slug in enumerate(asked.slugs):
        known[f"{slug}{FALLBACK}".encode()] = (place, _OF_FALLBACK)
        for colour in COLOURS:
            known[f"{slug}{colour}".encode()] = (place, _OF_SERVICE)
    found = [known.get(key[0], (-1, _OF_SERVICE)) for key in keys]
    table = np.array(found, dtype=np.int64).reshape(len(found), 2)
    return table[:, 0], table[:, 1]


def _gone(asked: Asked, changes: Sequence[Change]) -> Ints:
    """The services of which every series went: what they counted last is lost, not zero."""
    lost: set[int] = set()
    for one in changes:
        went, kinds = _places(asked, one.went)
        stays, still = _places(asked, one.keys)
        gone = set(went[(went >= 0) & (kinds == _OF_SERVICE)].tolist())
        lost |= gone - set(stays[still == _OF_SERVICE].tolist())
    return np.array(sorted(lost), dtype=np.int64)


def _open(asked: Asked, readings: Sequence[Counters]) -> Floats:
    """Connections that are open at the entry points by which a service is reached."""
    private = sum(each.open.get("private", np.nan) for each in readings)
    web = sum(each.open.get("web", np.nan) for each in readings)
    by_kind = {"web": web + private, "static": web + private, "private": private}
    return np.array([by_kind.get(kind, np.nan) for kind in asked.kinds], dtype=np.float64)
