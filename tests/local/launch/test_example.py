"""The warehouse on a Muster of its own: on the local cluster, and on real agents."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from signal import SIGTERM
from urllib.parse import urlsplit

import pytest

from tests.local.launch.launcher import Launcher, free_base, launch, until
from tests.local.launch.test_start import READY_WITHIN_S, REAL

pytestmark = [
    pytest.mark.full,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc"),
]
# The clock of the cron is that of the minute.
USED_WITHIN_S = 120


@pytest.fixture(scope="module", params=["", REAL])
def warehouse(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    """A start with the warehouse as its example, to its end block; it ends as it is asked to."""
    options = [request.param] if request.param else []
    with tempfile.TemporaryDirectory(prefix="muster-kinds-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        state = Path(made) / "state"
        launcher = launch("local.launch", free_base(), state, "--example", "warehouse", *options)
        try:
            launcher.wait_for("Stop everything with Ctrl-C", READY_WITHIN_S)
            yield launcher
        finally:
            code = launcher.process.poll()
            code = launcher.end(SIGTERM, within_s=90) if code is None else code
        assert code == 0, launcher.said()


def address(launcher: Launcher, service: str) -> str:
    """Where a service answers by port, as the start has said it."""
    lines = launcher.said().splitlines()
    return next(line.strip() for line in lines if f"/~warehouse-production-{service}/" in line)


def answer(url: str, path: str) -> tuple[int, bytes]:
    """Status and body of a GET, (0, b"") where nobody answers."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.request("GET", f"{parts.path}{path}")
        found = connection.getresponse()
        return found.status, found.read()
    except (OSError, HTTPException):
        return 0, b""


def test_each_kind_is_used_through_each_link(warehouse: Launcher) -> None:
    web = address(warehouse, "web")
    until(lambda: answer(web, "links")[0] == 200, USED_WITHIN_S, lambda: answer(web, "links"))

    used = json.loads(answer(web, "links")[1])["used"]
    assert {name: len(found) for name, found in used.items()} == {
        "web": 7, "stock": 5, "packer": 6, "books": 2, "foreman": 2,
    }  # fmt: skip


def test_its_site_is_served(warehouse: Launcher) -> None:
    status, page = answer(address(warehouse, "site"), "any/page")

    assert (status, b"<title>The warehouse</title>" in page) == (200, True)


def test_nothing_of_muster_has_broken_meanwhile(warehouse: Launcher) -> None:
    logs = {path.name: path.read_text() for path in (warehouse.state / "logs").glob("*.log")}

    assert logs
    assert [
        name for name, text in logs.items() if "Traceback (most recent call last)" in text
    ] == []
