"""A dump comes back by the commands that the README names, as a service's login."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.dumps.copying import copy
from jobs.postgres import Login, Role, bring, connect
from jobs.resources.postgres import owner
from tests.jobs.dumps.test_copying import LARGE, PG_DUMP, PROGRAMS, filled
from tests.jobs.postgres_server import Server, running

README = Path(__file__).parents[3] / "README.md"
COMMANDS = re.findall(r"^    (pg_restore .+)$", README.read_text(), re.MULTILINE)
"""The first is for an empty database, the second for one with tables in it."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One with a filled database."""
    with running() as found:
        filled(found)
        yield found


@pytest.fixture(scope="module")
def folder(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the dump lies under the name that the commands have."""
    found = tmp_path_factory.mktemp("dumps")
    path = found / COMMANDS[0].split()[-1]
    given = {"largest_bytes": LARGE, "within_s": 60.0}
    copy(PG_DUMP, server.admin("app"), path, **given, say=lambda size: True)  # type: ignore[arg-type]
    return found


def run(command: str, login: Login, folder: Path) -> subprocess.CompletedProcess[str]:
    """What a shell makes of a command, with the variable that a link sets."""
    url = f"postgres://{login.user}:{login.password}@{login.host}:{login.port}/{login.database}"
    env = {"PATH": f"{PROGRAMS}:/usr/bin:/bin", "DATABASE_URL": url}
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, env=env, capture_output=True, text=True
    )


def into(server: Server, database: str) -> Login:
    """The login of a service, for a database that is there then."""
    bring(server.admin(), {database}, [Role("web", "secret", frozenset({database}))])
    return replace(server.admin(database), user="web", password="secret")


def tables(admin: Login) -> list[tuple[str, str]]:
    """The database's tables with their owners."""
    with connect(admin) as connection:
        found = connection.execute(
            "SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        )
        return [(str(name), str(of)) for name, of in found]


def count(admin: Login) -> int:
    with connect(admin) as connection:
        return len(connection.execute("SELECT FROM orders").fetchall())


def test_an_empty_database_gets_all_of_it(server: Server, folder: Path) -> None:
    ended = run(COMMANDS[0], into(server, "empty"), folder)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert count(server.admin("empty")) == 20_000
    assert tables(server.admin("empty")) == [("orders", owner("empty"))]


def test_tables_that_are_there_are_made_anew_and_others_stay(server: Server, folder: Path) -> None:
    login = into(server, "used")
    assert run(COMMANDS[0], login, folder).returncode == 0
    with connect(login) as connection:
        connection.execute("DELETE FROM orders WHERE i > 5")
        connection.execute("CREATE TABLE more (i int)")

    assert run(COMMANDS[0], login, folder).returncode != 0
    assert count(server.admin("used")) == 5
    ended = run(COMMANDS[1], login, folder)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert count(server.admin("used")) == 20_000
    assert [name for name, _ in tables(server.admin("used"))] == ["more", "orders"]
