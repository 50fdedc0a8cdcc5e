"""Domains on a running edge: what takes a request, and that no change of one loses any."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests

from jobs.edge import (
    DomainRoute,
    Https,
    RedirectRoute,
    ServiceRoutes,
    certificate_tree,
    shows,
    tree,
    write,
    write_certificates,
)
from platform_admin.rules.certificates import read_certificate
from tests.jobs.agents import until
from tests.jobs.edge.cases import Case
from tests.jobs.edge.conftest import Rig
from tests.jobs.edge.test_on_an_edge import _versions, clear, put
from tests.platform_admin.rules.made_certificates import made_pair

WEB = Case("", {}, live="blue").routes(app="dom")
API = replace(WEB, slug="dom-prod-api", service="api")


@pytest.fixture
def running(rig: Rig) -> Iterator[Rig]:
    """Both services live, and off the edge afterwards."""
    started = [rig.start(f"{service.slug}-blue") for service in (WEB, API)]
    for service in (WEB, API):
        put(rig, service)
    yield rig
    for each in started:
        rig.stop(each)
    clear(rig, WEB.slug, API.slug)


def sent(rig: Rig, host: str, path: str, method: str = "GET") -> tuple[int, str]:
    """Status and where to, of a request that is answered with a redirect."""
    answer = requests.request(
        method,
        f"http://{rig.edge.web}{path}",
        headers={"Host": host},
        allow_redirects=False,
        timeout=5,
    )
    return answer.status_code, answer.headers.get("Location", "")


def test_the_longest_path_wins_and_may_be_taken_off(running: Rig) -> None:
    put(running, replace(WEB, domains=(DomainRoute("p.test"), DomainRoute("p.test", "/api/v1"))))
    put(running, replace(API, domains=(DomainRoute("p.test", "/api", strips=True),)))
    web, api = f"{WEB.slug}-blue", f"{API.slug}-blue"
    until(lambda: running.who("web", "p.test", "/api") == api)
    for path, who, seen in (
        ("/", web, "/"),
        ("/apis", web, "/apis"),
        ("/api", api, "/"),
        ("/api/x?y=z", api, "/x?y=z"),
        ("/api/v1", web, "/api/v1"),
        ("/api/v1/x", web, "/api/v1/x"),
        ("/api/v12", api, "/v12"),
    ):
        status, said = running.get("web", "p.test", path)
        assert (path, status, said.get("name"), said.get("path")) == (path, 200, who, seen)
    assert running.who("web", "q.test") == "404"
    assert running.who("private", "p.test") == "404"


def test_a_domain_that_redirects_keeps_path_and_query(running: Rig) -> None:
    put(
        running,
        replace(
            WEB,
            domains=(DomainRoute("apex.test"),),
            redirects=(
                RedirectRoute("www.test", "https://apex.test"),
                RedirectRoute("old.test", "http://apex.test:8080", permanent=False),
            ),
        ),
    )
    until(lambda: sent(running, "www.test", "/")[0] == 301)
    assert sent(running, "www.test", "/a/b?c=d&e=%2F") == (301, "https://apex.test/a/b?c=d&e=%2F")
    assert sent(running, "www.test", "/", "POST") == (308, "https://apex.test/")
    assert sent(running, "old.test", "/x") == (302, "http://apex.test:8080/x")
    assert sent(running, "old.test", "/x", "PUT") == (307, "http://apex.test:8080/x")


def test_what_has_https_is_sent_there(running: Rig) -> None:
    for port, shown in ((443, "s.test"), (8443, "s.test:8443")):
        domain = DomainRoute("s.test", https=Https("websecure", port))
        put(running, replace(WEB, domains=(domain,)))
        until(lambda at=shown: sent(running, "s.test", "/a?b") == (301, f"https://{at}/a?b"))  # type: ignore[misc]


def test_no_change_of_a_domain_loses_a_request(running: Rig) -> None:
    keep = DomainRoute("keep.test")
    put(running, replace(WEB, domains=(keep,)))
    until(lambda: running.who("web", "keep.test") == f"{WEB.slug}-blue")
    path = DomainRoute("keep.test", "/api")
    stages = (
        ((keep, path), ()),
        ((keep,), (path,)),
        ((keep, DomainRoute("more.test")), (path, DomainRoute("more.test", "/x"))),
        ((keep, path), ()),
        ((keep,), ()),
    )
    with load(running, "/", "/api/x") as seen:
        for web, api in stages:
            both = (replace(WEB, domains=web), replace(API, domains=api))
            for adding in (True, False):
                for service in both:
                    bring(running, service, adding=adding)
    assert set(seen) == {200}, seen
    assert seen[200] > 20


def bring(rig: Rig, service: ServiceRoutes, *, adding: bool) -> None:
    """Write a tree as the platform does, and see it before the next one."""
    wanted = tree(service, muster_url=rig.muster_url)
    write(rig.consul, service.slug, wanted, next(_versions), adding=adding)
    if not adding:
        until(lambda: shows(rig.edge, wanted))


@contextlib.contextmanager
def load(rig: Rig, *paths: str) -> Iterator[Counter[int]]:
    """What requests for these paths of `keep.test` come to, one after the other, meanwhile."""
    seen, ended = Counter[int](), threading.Event()

    def ask() -> None:
        with requests.Session() as http:
            while not ended.is_set():
                for path in paths:
                    at, headers = f"http://{rig.edge.web}{path}", {"Host": "keep.test"}
                    try:
                        seen[http.get(at, headers=headers, timeout=5).status_code] += 1
                    except requests.RequestException:
                        seen[0] += 1

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield seen
    finally:
        ended.set()
        asking.join()


def test_an_uploaded_certificate_reaches_the_edge_is_replaced_and_goes(running: Rig) -> None:
    if running.kind == "local":
        pytest.skip("the stand-in has no TLS")
    now = datetime.now(UTC)
    times = {"begins_at": now - timedelta(days=1), "ends_at": now + timedelta(days=9)}
    first, second = made_pair("tls.test", **times), made_pair("tls.test", "more.test", **times)
    other = made_pair("other.test", **times)
    beside = certificate_tree("2", other.certificate, other.key)
    hosts = tuple(DomainRoute(h, https=Https("websecure")) for h in ("tls.test", "other.test"))
    put(running, replace(WEB, domains=hosts))
    for pair in (first, second):
        wanted = beside | certificate_tree("1", pair.certificate, pair.key)
        assert write_certificates(running.consul, wanted)
        assert not write_certificates(running.consul, wanted)
        names = read_certificate(pair.certificate).names
        until(lambda names=names: served(running, "tls.test") == names)  # type: ignore[misc]
        assert served(running, "other.test") == ("other.test",)
    assert write_certificates(running.consul, beside)
    until(lambda: "tls.test" not in served(running, "tls.test"))
    assert served(running, "other.test") == ("other.test",)
    write_certificates(running.consul, {})


def served(rig: Rig, host: str) -> tuple[str, ...]:
    """The names of the certificate that the edge shows to who asks for a host."""
    address, _, port = rig.secure().rpartition(":")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((address, int(port)), 5) as plain,
        context.wrap_socket(plain, server_hostname=host) as wrapped,
    ):
        shown = wrapped.getpeercert(binary_form=True) or b""
    return read_certificate(ssl.DER_cert_to_PEM_cert(shown)).names
