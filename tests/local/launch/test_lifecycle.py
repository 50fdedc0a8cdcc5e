"""The launcher with real processes: Postgres and Valkey stand for all of them."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from signal import SIGKILL, SIGSTOP, SIGTERM
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from local.launch.family import descendants, everybody
from tests.local.launch.launcher import Launcher, free_base, launch, processes_of, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
MODULE = "tests.local.launch.servers_only"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other users can enter, as a checkout usually is and pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="muster-launch-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[[int], Launcher]]:
    """Starts a launcher on the folder; ended at the end, whatever the test did to it."""
    started: list[Launcher] = []

    def on(base: int) -> Launcher:
        started.append(launch(MODULE, base, folder / "state"))
        return started[-1]

    yield on
    for each in started:
        if each.process.poll() is None:
            each.end(SIGTERM, within_s=30)
    left = partial(processes_of, folder)
    until(lambda: not left(), 20, left)


@pytest.fixture
def running(start: Callable[[int], Launcher]) -> Launcher:
    """A launcher that is up."""
    started = start(free_base())
    started.wait_for("ready", within_s=60)
    until((started.state / "parts.json").exists, 5, started.said)
    return started


def url(launcher: Launcher, name: str) -> str:
    [line] = [line for line in launcher.said().splitlines() if line.startswith(f"{name}=")]
    return line.partition("=")[2]


@pytest.mark.full
def test_a_second_start_beside_it_says_where_it_runs_and_ends(
    running: Launcher, start: Callable[[int], Launcher]
) -> None:
    second = start(free_base())
    assert second.process.wait(30) == 1
    assert f"Muster already runs on {running.state}: http://127.0.0.1:" in second.said()


def test_sigterm_ends_everything_with_code_0(running: Launcher) -> None:
    assert len(running.left()) > 2

    assert running.end(SIGTERM, within_s=30) == 0
    assert running.left() == []


@pytest.mark.full
def test_sigterm_ends_what_is_frozen_too(running: Launcher) -> None:
    parts = [part["pid"] for part in table(running)]
    for each in descendants(parts, everybody()):
        with suppress(ProcessLookupError):
            os.kill(each.pid, SIGSTOP)

    assert running.end(SIGTERM, within_s=30) == 0
    assert "killed" not in running.said()
    assert running.left() == []


def test_a_killed_launcher_leaves_nothing(running: Launcher) -> None:
    running.end(SIGKILL, within_s=5)

    until(lambda: not running.left(), 20, running.left)


@pytest.mark.full
def test_a_killed_launcher_leaves_nothing_though_its_parts_are_frozen(
    running: Launcher, start: Callable[[int], Launcher]
) -> None:
    """With those that Postgres has started itself: neither signal nor closed pipe reaches them."""
    port = urlsplit(url(running, "DATABASE_URL")).port
    assert port is not None
    with psycopg.connect(url(running, "DATABASE_OWNER_URL")):
        parts = [part["pid"] for part in table(running)]
        below = descendants(parts, everybody())
        for pid in [*(each.pid for each in below), *parts]:
            with suppress(ProcessLookupError):  # one that answered the launcher's question
                os.kill(pid, SIGSTOP)
        running.end(SIGKILL, within_s=5)

        until(lambda: not running.left(), 20, running.left)

    start(port - 1).wait_for("ready", within_s=60)


def test_the_table_names_every_part_and_no_secret(running: Launcher) -> None:
    until(lambda: all(part["answers"] is not False for part in table(running)), 20, running.said)
    file = running.state / "parts.json"
    secrets = json.loads((running.state / "secrets.json").read_text())

    assert [part["name"] for part in table(running)] == ["afterwards", "postgres", "valkey"]
    assert all(part["purpose"] and part["pid"] for part in table(running))
    assert file.stat().st_mode & 0o777 == 0o600
    assert not [name for name, secret in secrets.items() if secret in file.read_text()]


def test_a_restart_after_a_kill_finds_its_data(
    running: Launcher, start: Callable[[int], Launcher]
) -> None:
    with psycopg.connect(url(running, "DATABASE_OWNER_URL")) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('here')")
    redis.Redis.from_url(url(running, "REDIS_URL")).set("kept", "here too")
    port = urlsplit(url(running, "DATABASE_URL")).port
    assert port is not None
    running.end(SIGKILL, within_s=5)

    again = start(port - 1)
    again.wait_for("ready", within_s=60)
    with psycopg.connect(url(again, "DATABASE_OWNER_URL")) as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("here",)
    assert redis.Redis.from_url(url(again, "REDIS_URL")).get("kept") == b"here too"


@pytest.mark.full
def test_a_child_that_is_killed_comes_back_and_is_named(running: Launcher) -> None:
    server = redis.Redis.from_url(url(running, "REDIS_URL"))
    first = server.info("server")
    assert isinstance(first, dict)
    server.shutdown(nosave=True, force=True)

    running.wait_for("valkey ended with code 0; starting it again in 0.5 s", within_s=10)
    until(lambda: _run_id(server) not in {"", first["run_id"]}, 20, running.said)
    until(lambda: table(running)[-1]["pid"] is not None, 5, running.said)
    told = table(running)[-1]
    assert (told["name"], told["restarts"], told["ended"]) == ("valkey", 1, "ended with code 0")


def test_no_secret_stands_in_the_arguments_of_a_process(running: Launcher) -> None:
    password = url(running, "REDIS_URL").partition(":")[2].partition("@")[0].removeprefix("//:")

    assert len(password) > 20
    assert not [command for command in running.left() if password in command]


def table(launcher: Launcher) -> list[dict[str, Any]]:
    """What the launcher tells of its parts."""
    found: list[dict[str, Any]] = json.loads((launcher.state / "parts.json").read_text())["parts"]
    return found


def _run_id(server: redis.Redis) -> str:
    try:
        info = server.info("server")
    except redis.RedisError:
        return ""
    assert isinstance(info, dict)
    return str(info["run_id"])
