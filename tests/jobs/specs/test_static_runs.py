"""A static service from its uploaded archive to its answers over HTTP, on a cluster."""

from __future__ import annotations

import hashlib
import http.client
import io
import sys
import tarfile
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobs.consul import Endpoint
from jobs.specs import FileServer, service_job
from tests.jobs.agents import Cluster, until
from tests.jobs.specs.cases import HOST
from tests.jobs.specs.test_service_runs import served
from tests.local.files.asked import ANSWERS, ESCAPES, FILES, OUTSIDE, SERVICE

ROOT = Path(__file__).parents[3]
SERVER = ("/usr/bin/env", f"PYTHONPATH={ROOT}", sys.executable, "-m", "local.files")


def packed() -> bytes:
    """An archive with the site."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in FILES.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content.encode()))
    return out.getvalue()


@pytest.fixture
def endpoint(cluster: Cluster, tmp_path: Path) -> Iterator[Endpoint]:
    """Where the site's one instance passes in Consul."""
    archive = packed()
    sha256 = hashlib.sha256(archive).hexdigest()
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / f"{sha256}.tar.gz").write_bytes(archive)
    service = replace(SERVICE, name=f"s{uuid.uuid4().hex[:8]}", artifact=sha256, kill_timeout_s=2)
    with served(tmp_path) as url:
        files = FileServer(command=SERVER)
        place = replace(HOST, artifacts_url=url, shutdown_delay_s=1, files=files)
        shop: dict[str, Any] = {"app": "shop", "environment": "production", "place": place}
        job = service_job(service, colour="blue", release=7, count=1, **shop)
        try:
            cluster.nomad.register(job)
            [found] = until(lambda: cluster.consul.health(job["ID"]), within_s=40)
            yield found
        finally:
            cluster.nomad.stop(job["Namespace"], job["ID"], purge=True)


def ask(endpoint: Endpoint, path: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and body; the path goes out as it is."""
    with closing(http.client.HTTPConnection(endpoint.address, endpoint.port, timeout=5)) as to:
        to.request("GET", path)
        answer = to.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, named, answer.read().decode()


def test_it_answers_by_its_rules_and_shows_nothing_else(endpoint: Endpoint) -> None:
    for path, status, (name, value), body in ANSWERS:
        found, headers, said = ask(endpoint, path)
        assert (path, found) == (path, status)
        assert value in headers[name.lower()], path
        assert body in said, path
    for path in ESCAPES:
        status, _, said = ask(endpoint, path)
        assert status in {400, 404}, path
        assert OUTSIDE not in said
        assert "root:" not in said
