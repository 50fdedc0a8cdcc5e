from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.dumps.copying import Uncopied, Unwanted, copy
from jobs.postgres import Login, bring, connect
from local.launch import binaries
from tests.jobs.postgres_server import Server, running

PROGRAMS = binaries.postgres(None)
PG_DUMP = str(PROGRAMS / "pg_dump")
LARGE = 64 * 2**20


@pytest.fixture(scope="module")
def login() -> Iterator[Login]:
    """A database with a table of some hundred kilobytes."""
    with running() as server:
        yield filled(server)


def filled(server: Server) -> Login:
    bring(server.admin(), {"app"}, [])
    with connect(server.admin("app")) as connection:
        connection.execute(
            "CREATE TABLE orders AS SELECT i, md5(i::text) FROM generate_series(1, 20000) AS i"
        )
    return server.admin("app")


def copied(login: Login, path: Path, **changes: object) -> int:
    given: dict[str, object] = {"largest_bytes": LARGE, "within_s": 60, "say": lambda size: True}
    return copy(PG_DUMP, login, path, **(given | changes))  # type: ignore[arg-type]


def test_a_copy_is_whole_and_of_pg_restores_format(login: Login, tmp_path: Path) -> None:
    path = tmp_path / "app.dump"
    size = copied(login, path)
    listed = subprocess.run(
        [str(PROGRAMS / "pg_restore"), "--list", str(path)], capture_output=True, text=True
    )

    assert size == path.stat().st_size > 100_000
    assert "TABLE DATA public orders" in listed.stdout


def test_it_says_how_far_it_is_and_stops_where_nobody_wants_it(
    login: Login, tmp_path: Path
) -> None:
    said: list[int] = []

    def say(size: int) -> bool:
        said.append(size)
        return True

    copied(login, tmp_path / "a", say=say)
    assert said[0] == 0
    with pytest.raises(Unwanted):
        copied(login, tmp_path / "b", say=lambda size: False)


def test_one_that_is_too_large_or_too_slow_ends(login: Login, tmp_path: Path) -> None:
    with pytest.raises(Uncopied, match="larger than 0 MB"):
        copied(login, tmp_path / "a", largest_bytes=1000)
    with pytest.raises(Uncopied, match="took longer"):
        copied(login, tmp_path / "b", within_s=-1)


def test_what_pg_dump_complains_of_is_said_in_its_first_line(login: Login, tmp_path: Path) -> None:
    with pytest.raises(Uncopied, match=r'pg_dump failed: .*database "nothing" does not exist'):
        copied(replace(login, database="nothing"), tmp_path / "a")
    with pytest.raises(Uncopied, match="password authentication failed"):
        copied(replace(login, password="wrong"), tmp_path / "b")


def test_a_name_that_looks_like_another_server_is_a_name(login: Login, tmp_path: Path) -> None:
    odd = replace(login, database="host=203.0.113.5 dbname=app")
    with pytest.raises(Uncopied, match=r'"host=203.0.113.5 dbname=app" does not exist'):
        copied(odd, tmp_path / "a")


def test_a_program_that_is_not_there_is_named_with_what_to_do(login: Login, tmp_path: Path) -> None:
    with pytest.raises(Uncopied, match=r"/no/pg_dump can not be started .* MUSTER_PG_DUMP"):
        copy(
            "/no/pg_dump",
            login,
            tmp_path / "a",
            largest_bytes=LARGE,
            within_s=60,
            say=lambda size: True,
        )


def test_one_that_writes_nothing_any_more_ends(login: Login, tmp_path: Path) -> None:
    silent = tmp_path / "pg_dump"
    silent.write_text("#!/bin/sh\nexec sleep 60\n")
    silent.chmod(0o700)
    with pytest.raises(Uncopied, match="wrote nothing for 0 seconds"):
        copy(
            str(silent),
            login,
            tmp_path / "a",
            largest_bytes=LARGE,
            within_s=60,
            say=lambda size: True,
            stalls_s=0,
        )
