"""A web service from its uploaded archive to its two names in Consul, on a cluster."""

from __future__ import annotations

import hashlib
import io
import sys
import tarfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from jobs.document import ServiceDoc
from jobs.specs import service_job, with_slug, without_slug
from tests.jobs.agents import Cluster, until
from tests.jobs.specs.cases import HOST

# Healthy only for the very path and host that the check has to ask for.
APP = """\
import http.server, os, sys, urllib.parse
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = urllib.parse.unquote(self.path)
        asked = path == "/health?x=${no}" and self.headers["Host"] == sys.argv[1]
        body = os.getcwd().encode()
        self.send_response(200 if asked or path == "/" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
"""


def packed() -> bytes:
    """An archive with the app."""
    content, out = APP.encode(), io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        member = tarfile.TarInfo("server/app.py")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address under which a folder's files are served."""
    handler = partial(_Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/artifacts"
    finally:
        server.shutdown()
        server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def job(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The blue job of a web service whose archive can be fetched."""
    archive = packed()
    sha256 = hashlib.sha256(archive).hexdigest()
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / f"{sha256}.tar.gz").write_bytes(archive)
    name = f"w{uuid.uuid4().hex[:8]}"
    service = ServiceDoc(
        name=name,
        kind="web",
        artifact=sha256,
        archive="tar.gz",
        command=(sys.executable, "server/app.py", f"shop-production-{name}.localhost"),
        port=8080,
        health_path="/health?x=${no}",
        kill_timeout_s=2,
    )
    with served(tmp_path) as url:
        place = replace(HOST, artifacts_url=url, shutdown_delay_s=1)
        shop: dict[str, Any] = {"app": "shop", "environment": "production", "place": place}
        yield service_job(service, colour="blue", release=7, count=1, **shop)


@pytest.fixture
def passing(cluster: Cluster, job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The job, registered, its one instance passing in Consul."""
    try:
        cluster.nomad.register(job)
        until(lambda: cluster.consul.health(job["ID"]), within_s=40)
        yield job
    finally:
        cluster.nomad.stop(job["Namespace"], job["ID"], purge=True)


def test_it_runs_in_its_unpacked_archive_at_the_port_that_consul_names(
    cluster: Cluster, passing: dict[str, Any]
) -> None:
    (endpoint,) = cluster.consul.health(passing["ID"])
    answer = requests.get(f"http://{endpoint.address}:{endpoint.port}/", timeout=5)
    assert answer.text.endswith("/local/app")


def test_its_entry_tells_the_edge_and_says_which_release_it_is(
    cluster: Cluster, passing: dict[str, Any]
) -> None:
    (endpoint,) = cluster.consul.health(passing["ID"])
    strategy = f"traefik.http.services.{passing['ID']}.loadbalancer.strategy=p2c"
    assert set(endpoint.tags) == {"traefik.enable=true", strategy}
    said = {key: endpoint.meta[key] for key in ("app", "environment", "service", "release")}
    assert said == {**passing["Meta"], "release": "7"}


def test_the_slug_comes_and_goes_in_place(cluster: Cluster, passing: dict[str, Any]) -> None:
    nomad, consul = cluster.nomad, cluster.consul
    namespace, job_id = passing["Namespace"], passing["ID"]
    slug = job_id.removesuffix("-blue")
    (before,) = nomad.job_allocations(namespace, job_id)
    stored = nomad.job(namespace, job_id)
    assert stored is not None
    bearing = with_slug(dict(stored.spec), slug)
    plan = nomad.plan(bearing)
    assert (plan.in_place, plan.destructive, plan.placed) == (1, 0, 0)
    nomad.register(bearing)
    (named,) = until(lambda: consul.health(slug), within_s=20)
    assert named.tags == ()
    nomad.register(without_slug(bearing, slug))
    until(lambda: not consul.health(slug, passing=False), within_s=20)
    assert len(consul.health(job_id)) == 1
    (after,) = nomad.job_allocations(namespace, job_id)
    assert (after.id, after.running) == (before.id, True)
