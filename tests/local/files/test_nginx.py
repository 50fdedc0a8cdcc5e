"""The same site behind a real nginx, with the configuration that an image gets."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.document import ServiceDoc
from jobs.specs.nginx import nginx_conf
from jobs.specs.static import HEALTH_PATH, IMMUTABLE
from tests.local.files.asked import ANSWERS, ESCAPES, OUTSIDE, SERVICE, lay_out

pytestmark = pytest.mark.real
NGINX = shutil.which("nginx")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    yield from _served(tmp_path_factory.mktemp("nginx"), SERVICE)


@pytest.fixture
def port_of_app(tmp_path: Path) -> Iterator[int]:
    yield from _served(tmp_path, replace(SERVICE, fallback="/index.html"))


def _served(folder: Path, service: ServiceDoc) -> Iterator[int]:
    if NGINX is None:
        pytest.skip("there is no nginx on the PATH")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    root = lay_out(folder)
    (root / "link.txt").unlink()
    (folder / "mime.types").write_text("types { text/html html; text/plain txt; }\n")
    conf = nginx_conf(
        replace(service, port=port), root=str(root), health=HEALTH_PATH, immutable=IMMUTABLE
    )
    here = re.sub("(pid|_path) /alloc/tmp/", rf"\1 {folder}/", conf).replace(
        "listen ", "listen 127.0.0.1:"
    )
    here = here.replace("/etc/nginx/mime.types", str(folder / "mime.types"))
    (folder / "nginx.conf").write_text(here)
    argv = [NGINX, "-c", str(folder / "nginx.conf"), "-g", "daemon off; user root;"]
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL) as server:
        try:
            _wait(port)
            yield port
        finally:
            server.terminate()


def _wait(port: int) -> None:
    for _ in range(100):
        with closing(socket.socket()) as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.05)


def ask(port: int, path: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and body; the path goes out as it is."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, named, answer.read().decode()


@pytest.mark.parametrize(("path", "status", "header", "body"), ANSWERS)
def test_a_request_gets_the_same_answer(
    port: int, path: str, status: int, header: tuple[str, str], body: str
) -> None:
    found, headers, said = ask(port, path)
    assert found == status
    assert header[1] in headers[header[0].lower()]
    assert body in said


@pytest.mark.parametrize("path", [each for each in ESCAPES if each.isprintable()])
def test_nothing_leads_out_of_the_folder(port: int, path: str) -> None:
    status, _, said = ask(port, path)
    assert status in {400, 404}
    assert OUTSIDE not in said


def test_a_folder_leads_to_its_index(port: int) -> None:
    status, headers, _ = ask(port, "/docs")
    assert (status, headers["location"]) == (301, "/docs/")


def test_the_fallback_answers_what_is_not_there(port_of_app: int) -> None:
    status, headers, said = ask(port_of_app, "/users/7")
    assert (status, said, headers["cache-control"]) == (200, "home", "no-cache")
