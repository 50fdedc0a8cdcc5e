"""The tree on a running edge: it yields exactly the routers that are meant, and they answer."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

import pytest
import requests

from jobs.consul import Operation
from jobs.edge import ServiceRoutes, metrics, probe, shows, tree, write
from jobs.edge.routes import Kind
from scaler.sources.counters import Counters, change, parse
from tests.jobs.agents import until
from tests.jobs.edge.cases import CASES, Case
from tests.jobs.edge.conftest import Rig

_versions = count(1)


def put(rig: Rig, service: ServiceRoutes) -> dict[str, str]:
    """Write the service's tree and wait until the edge shows it."""
    wanted = tree(service, muster_url=rig.muster_url)
    write(rig.consul, service.slug, wanted, next(_versions))
    until(lambda: shows(rig.edge, wanted))
    return wanted


def clear(rig: Rig, *slugs: str) -> None:
    """Take services off the edge and see them gone."""
    for slug in slugs:
        write(rig.consul, slug, {}, next(_versions))
        until(lambda slug=slug: shows(rig.edge, {}, slug=slug))  # type: ignore[misc]


def expected(case: Case, kind: Kind, slug: str) -> set[str]:
    suffixes = ("", "-dns", "-path") if kind == "web" else ("-dns", "-path")
    layers = (*case.layers, "fallback")
    smoke = {f"{slug}--smoke"} if case.smoke else set()
    return {f"{slug}--{layer}{suffix}" for layer in layers for suffix in suffixes} | smoke


@pytest.mark.parametrize("kind", ["web", "private"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_has_exactly_the_enabled_routers_that_are_meant(
    rig: Rig, case: Case, kind: Kind
) -> None:
    service = case.routes(kind, app="exact")
    instances = [rig.start(f"{service.slug}-{colour}") for colour in ("blue", "green")]
    try:
        put(rig, service)
        enabled = dict.fromkeys(expected(case, kind, service.slug), "enabled")
        until(lambda: rig.routers(service.slug) == enabled)
    finally:
        for each in instances:
            rig.stop(each)
        clear(rig, service.slug)


def test_every_way_in_leads_to_the_live_colour_and_no_other_does(rig: Rig) -> None:
    service = Case("", {}, live="blue", new="green").routes("web", app="ways")
    instances = [rig.start(f"{service.slug}-{colour}") for colour in ("blue", "green")]
    put(rig, service)
    blue = f"{service.slug}-blue"
    until(lambda: rig.who("web", "ways-prod-web.localhost") == blue)
    assert rig.who("private", "web.ways-prod.query.consul") == blue
    for given, seen in (("", "/"), ("/", "/"), ("/a?b=c", "/a?b=c")):
        status, said = rig.get("private", "127.0.0.1", f"/~{service.slug}{given}")
        assert (status, said["name"], said["path"]) == (200, blue, seen)
    assert rig.who("private", "127.0.0.1", f"/~{service.slug}2") == "404"
    assert rig.who("web", "127.0.0.1", f"/~{service.slug}") == "404"
    assert rig.who("web", "web.ways-prod.query.consul") == "404"
    assert rig.who("web", blue) == "404"  # Traefik's own default rule
    assert rig.who("private", blue) == "404"
    for each in instances:
        rig.stop(each)
    clear(rig, service.slug)


def test_a_private_service_is_not_to_be_had_from_outside(rig: Rig) -> None:
    service = Case("", {}, live="blue").routes("private", app="inner")
    instance = rig.start(f"{service.slug}-blue")
    put(rig, service)
    until(lambda: rig.who("private", "web.inner-prod.query.consul") == f"{service.slug}-blue")
    for host in ("inner-prod-web.localhost", "web.inner-prod.query.consul", service.slug):
        assert rig.who("web", host) == "404"
    rig.stop(instance)
    clear(rig, service.slug)


def test_each_layer_takes_over_from_the_one_above(rig: Rig) -> None:
    service = Case("", {}, live="blue", new="green", other="green", share=0.5).routes(app="layers")
    host = "layers-prod-web.localhost"
    blue, green = (rig.start(f"{service.slug}-{colour}") for colour in ("blue", "green"))
    put(rig, service)
    until(lambda: len({rig.who("web", host) for _ in range(10)}) == 2)
    rig.stop(blue)  # the weighted service is gone with it, and the live layer: other answers
    until(lambda: {rig.who("web", host) for _ in range(10)} == {f"{service.slug}-green"})
    rig.stop(green)
    until(lambda: rig.who("web", host) == "muster")
    assert rig.get("web", host)[1]["fallback"] == service.slug
    path = f"/~{service.slug}/a"
    assert rig.get("private", "127.0.0.1", path)[1]["fallback"] == service.slug
    again = rig.start(f"{service.slug}-blue")
    until(lambda: rig.who("web", host) == f"{service.slug}-blue")
    rig.stop(again)
    clear(rig, service.slug)


def test_a_share_is_what_arrives(rig: Rig) -> None:
    service = Case("", {}, live="blue", new="green", other="green", share=0.2).routes(app="shares")
    host = "shares-prod-web.localhost"
    instances = [rig.start(f"{service.slug}-{colour}") for colour in ("blue", "green")]
    put(rig, service)
    until(lambda: len({rig.who("web", host) for _ in range(20)}) == 2)
    seen = Counter(rig.who("web", host) for _ in range(300))
    assert 40 <= seen[f"{service.slug}-green"] <= 80
    assert sum(seen.values()) == seen[f"{service.slug}-green"] + seen[f"{service.slug}-blue"]
    for each in instances:
        rig.stop(each)
    clear(rig, service.slug)


def test_a_probe_reaches_the_colour_that_has_no_traffic(rig: Rig) -> None:
    service = Case("", {}, live="blue", new="green", smoke="green").routes(app="smoke")
    host = "smoke-prod-web.localhost"
    instances = [rig.start(f"{service.slug}-{colour}") for colour in ("blue", "green")]
    put(rig, service)
    until(lambda: probe(rig.edge, host, "/health", "green", 2).ok)
    assert rig.who("direct", host, colour="green") == f"{service.slug}-green"
    assert not probe(rig.edge, host, "/health", "blue", 2).ok
    assert rig.who("direct", host) == "404"
    assert rig.who("web", host, colour="green") == f"{service.slug}-blue"
    for each in instances:
        rig.stop(each)
    clear(rig, service.slug)


def test_it_is_shown_only_when_nothing_is_missing_wrong_or_left_over(rig: Rig) -> None:
    sharing = Case("", {}, live="blue", new="green", other="green", share=0.2).routes(app="shown")
    wanted = put(rig, sharing)
    rest = Case("", {}, live="blue").routes(app="shown")
    more = Case("", {}, live="blue", new="green", other="green", share=0.3).routes(app="shown")
    for other in (rest, more):
        assert not shows(rig.edge, tree(other, muster_url=rig.muster_url))
    assert not shows(rig.edge, tree(sharing, muster_url="http://127.0.0.1:9"))
    assert shows(rig.edge, wanted)
    clear(rig, sharing.slug)


def test_what_an_emptied_consul_lost_comes_back(rig: Rig) -> None:
    service = Case("", {}, live="blue").routes(app="empty")
    host = "empty-prod-web.localhost"
    instance = rig.start(f"{service.slug}-blue")
    wanted = put(rig, service)
    version = next(_versions)
    write(rig.consul, service.slug, wanted, version)
    keys = list(rig.consul.tree("traefik/"))
    for start in range(0, len(keys), 64):
        rig.consul.transact([Operation("delete", key) for key in keys[start : start + 64]])
    assert write(rig.consul, service.slug, wanted, version)
    until(lambda: shows(rig.edge, wanted))
    until(lambda: rig.who("web", host) == f"{service.slug}-blue")
    assert not write(rig.consul, service.slug, wanted, version)
    rig.stop(instance)
    clear(rig, service.slug)


def test_what_is_over_the_limit_is_refused_and_told_by_the_routers_names(rig: Rig) -> None:
    """Each layer and rule counts for itself; the page is read by the scaler's own source."""
    free = Case("", {}, live="blue").routes(app="guard")
    guarded = replace(free, in_flight=2)
    host, inner = "guard-prod-web.localhost", "web.guard-prod.query.consul"
    instance = rig.start(f"{free.slug}-blue")
    put(rig, free)
    until(lambda: rig.who("web", host) == f"{free.slug}-blue")
    before = read(rig)
    put(rig, guarded)
    router = f"{rig.edge.api}/api/http/routers/{free.slug}--live@consul"
    first = f"{free.slug}--guard@consul"
    until(lambda: requests.get(router, timeout=5).json()["middlewares"][0] == first)

    with ThreadPoolExecutor(9) as pool:
        found = list(pool.map(lambda n: rig.get("web", host, "/slow")[0], range(6)))
        path = list(pool.map(lambda n: rig.get("private", inner, "/slow")[0], range(3)))
    assert (Counter(found), Counter(path)) == ({200: 2, 429: 4}, {200: 2, 429: 1})
    told = change(before, replace(read(rig), at=before.at + 10))
    assert told is not None
    assert told.too_many == {
        f"{free.slug}--live@consul".encode(): 4.0,
        f"{free.slug}--live-dns@consul".encode(): 1.0,
    }
    put(rig, free)
    until(lambda: first not in requests.get(router, timeout=5).json()["middlewares"])
    with ThreadPoolExecutor(6) as pool:
        asked = pool.map(lambda n: rig.get("web", host, "/slow")[0], range(6))
        assert Counter(asked) == {200: 6}
    rig.stop(instance)
    clear(rig, free.slug)


def read(rig: Rig) -> Counters:
    return parse(metrics(rig.edge.api, within_s=5), 10.0)
