"""The whole start, as a person sees it: every process, the example live, the end of it all."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from signal import SIGKILL, SIGSTOP, SIGTERM
from urllib.parse import urlsplit

import pytest

from local.launch.family import descendants, everybody
from local.launch.pids import started
from local.launch.real.programs import NAMES
from tests.local.launch.launcher import Launcher, free_base, launch, processes_of, until

pytestmark = [
    pytest.mark.full,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc"),
]
READY_WITHIN_S = 240
REAL = pytest.param(
    "--real",
    marks=[
        pytest.mark.real,
        pytest.mark.skipif(
            not all(shutil.which(name) for name in NAMES), reason=f"needs {', '.join(NAMES)}"
        ),
    ],
)


@pytest.fixture(scope="module", params=["", REAL])
def options(request: pytest.FixtureRequest) -> list[str]:
    """The arguments of the start: none, and with real agents where there are some."""
    return [request.param] if request.param else []


@pytest.fixture(scope="module")
def folder(options: list[str]) -> Iterator[Path]:
    """A folder for the state; nothing that belongs to it runs on at the end."""
    with tempfile.TemporaryDirectory(prefix="muster-start-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made)
        until(lambda: not processes_of(Path(made)), 60, partial(processes_of, Path(made)))


@pytest.fixture(scope="module")
def base() -> int:
    return free_base()


@pytest.fixture(scope="module")
def first(folder: Path, base: int, options: list[str]) -> Iterator[Launcher]:
    """The first start on a new folder."""
    launcher = launch("local.launch", base, folder / "state", *options)
    try:
        launcher.wait_for("Muster is ready", READY_WITHIN_S)
        yield launcher
    finally:
        if launcher.process.poll() is None:
            launcher.end(SIGTERM, within_s=90)


def example(launcher: Launcher) -> list[str]:
    """The addresses that the end block gives for the example."""
    _, _, block = launcher.said().partition("The example app answers at:\n")
    return [line.strip() for line in block.splitlines() if line.startswith("  ")]


def status(url: str) -> int:
    """The status of a GET; names below localhost are asked for at the loopback address."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=10)
    connection.request("GET", parts.path or "/", headers={"Host": parts.netloc})
    return connection.getresponse().status


def recorded(launcher: Launcher) -> list[tuple[int, str]]:
    """The numbers and start times of all children."""
    known = json.loads((launcher.state / "pids.json").read_text())
    return [(each["pid"], each["started"]) for each in known]


def test_the_example_answers_at_both_addresses(first: Launcher) -> None:
    assert [status(url) for url in example(first)] == [200, 200]


def test_the_page_answers(first: Launcher, base: int) -> None:
    assert status(f"http://127.0.0.1:{base}/healthz") == 200
    assert status(f"http://127.0.0.1:{base}/accounts/login/") == 200


def test_the_end_names_all_demo_users(first: Launcher) -> None:
    for words in ("operator", "owner of team demo", "owner of team other"):
        assert words in first.said()


def test_a_second_start_beside_it_ends_with_code_1(first: Launcher, base: int) -> None:
    second = launch("local.launch", base + 20, first.state)

    assert second.process.wait(30) == 1
    assert f"http://127.0.0.1:{base} " in second.said()


def test_killed_it_leaves_nothing_and_a_restart_finds_the_example_live(
    first: Launcher, base: int, options: list[str]
) -> None:
    children = recorded(first)
    addresses = example(first)
    first.end(SIGKILL, within_s=5)
    until(lambda: not [pid for pid, since in children if started(pid) == since], 60, first.left)
    until(lambda: not first.left(), 10, first.left)

    again = launch("local.launch", base, first.state, *options)
    try:
        again.wait_for("Muster is ready", READY_WITHIN_S)
        assert example(again) == addresses
        assert "Register" not in again.said()
        until(lambda: status(addresses[1]) == 200, 60, again.said)
        children = recorded(again)
    finally:
        code = again.end(SIGTERM, within_s=90)
    assert code == 0
    assert not [pid for pid, since in children if started(pid) == since]
    assert again.left() == []


def test_killed_while_all_is_frozen_it_leaves_nothing(
    first: Launcher, base: int, options: list[str]
) -> None:
    """With the tasks, gunicorn's workers and what Postgres has started. A new start comes up."""
    if first.process.poll() is None:
        first.end(SIGTERM, within_s=90)
    launcher = launch("local.launch", base, first.state, *options)
    try:
        launcher.wait_for("Muster is ready", READY_WITHIN_S)
        parts = [pid for pid, _ in recorded(launcher)]
        below = [(each.pid, each.started) for each in descendants(parts, everybody())]
        for pid in [*(pid for pid, _ in below), *parts]:
            with suppress(ProcessLookupError):
                os.kill(pid, SIGSTOP)
    finally:
        launcher.end(SIGKILL, within_s=5)
    until(lambda: not launcher.left(), 60, launcher.left)
    until(lambda: not [pid for pid, since in below if started(pid) == since], 10, launcher.left)

    again = launch("local.launch", base, first.state, *options)
    try:
        again.wait_for("Muster is ready", READY_WITHIN_S)
    finally:
        assert again.end(SIGTERM, within_s=90) == 0
