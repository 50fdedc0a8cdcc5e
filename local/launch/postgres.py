"""The embedded Postgres: made once, one database, an owner's role and the application's."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT
from typing import LiteralString

import psycopg
from psycopg import sql

from local.launch import asking, binaries
from local.launch.postgres_home import home
from local.launch.problem import Problem
from local.launch.process import Command, Owner, as_owner

DATABASE = "muster"
OWNER_ROLE = "muster_owner"
APPLICATION_ROLE = "muster_app"
UNSAFE_AND_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Postgres:
    """An embedded server: where its programs and data lie, and on which port it listens."""

    programs: Path
    data: Path
    port: int
    passwords: Mapping[str, str]
    owner: Owner | None
    durable: bool = True

    @property
    def url(self) -> str:
        """The database for the application's role."""
        return self._url(APPLICATION_ROLE, "postgres_application")

    @property
    def owner_url(self) -> str:
        """The database for the role that owns its tables."""
        return self._url(OWNER_ROLE, "postgres_owner")

    def connect(self, database: str) -> psycopg.Connection:
        """A connection of the superuser, each statement its own transaction."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="postgres",
            password=self.passwords["postgres"],
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def _url(self, role: str, key: str) -> str:
        return f"postgres://{role}:{self.passwords[key]}@127.0.0.1:{self.port}/{DATABASE}"


def place(
    folder: Path, port: int, passwords: Mapping[str, str], *, durable: bool = True
) -> Postgres:
    """The server of the folder, its data made where missing (takes a second)."""
    owner = binaries.postgres_owner()
    data = home(folder, owner) / "data"
    server = Postgres(binaries.postgres(owner), data, port, passwords, owner, durable)
    if not data.exists():
        _initdb(server)
    _check_version(server)
    _drop_stale_pid(server.data)
    return server


def command(server: Postgres, *, env: Mapping[str, str], log: Path) -> Command:
    """How the server is started: TCP only, because socket paths break past 107 bytes.

    Its log has errors without their statements and rows, because those carry values.
    """
    settings = (
        f"port={server.port}",
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "max_connections=100",
        "log_line_prefix=%m [%p] ",
        "log_min_error_statement=panic",
        "log_error_verbosity=terse",
        *(() if server.durable else UNSAFE_AND_FAST),
    )
    options = tuple(part for setting in settings for part in ("-c", setting))
    argv = (str(server.programs / "postgres"), "-D", str(server.data), *options)
    return Command(
        "postgres", argv, env, server.data, log, owner=server.owner, on_orphan=SIGINT,
        on_stop=SIGINT, stop_within_s=20, purpose="holds everything that counts",
        asks=asking.postgres(server.port),
    )  # fmt: skip


def wait_and_prepare(server: Postgres, alive: Callable[[], bool], within_s: float = 60) -> None:
    """Nothing, when both roles and the database exist; a Problem when the server stays away."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            with server.connect("template1") as connection:
                _prepare(connection, server.passwords)
            return
        except psycopg.OperationalError as error:
            if not alive() or time.monotonic() > deadline:
                raise Problem(f"Postgres did not come up: {str(error).strip()}") from error
            time.sleep(0.05)


def _prepare(connection: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    """Roles and the database, harmless when repeated. Migrations grant the rights on tables.

    The owner may act as the application's role, to try what that may not.
    """
    _role(connection, OWNER_ROLE, passwords["postgres_owner"], "CREATEDB")
    _role(connection, APPLICATION_ROLE, passwords["postgres_application"], "NOCREATEDB")
    owner, application = sql.Identifier(OWNER_ROLE), sql.Identifier(APPLICATION_ROLE)
    connection.execute(sql.SQL("GRANT {} TO {}").format(application, owner))
    if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), owner)
        )


def _role(connection: psycopg.Connection, name: str, password: str, rights: str) -> None:
    verb = (
        "ALTER"
        if _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", name)
        else "CREATE"
    )
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN {} PASSWORD {}").format(
            sql.SQL(verb), sql.Identifier(name), sql.SQL(rights), sql.Literal(password)
        )
    )


def _exists(connection: psycopg.Connection, query: LiteralString, name: str) -> bool:
    return connection.execute(query, (name,)).fetchone() is not None


def _initdb(server: Postgres) -> None:
    """Nothing; the data appears whole under its name, so a killed start leaves no half of it."""
    scratch = server.data.with_name("new")
    shutil.rmtree(scratch, ignore_errors=True)
    with tempfile.NamedTemporaryFile("w", dir=scratch.parent) as password:
        password.write(server.passwords["postgres"])
        password.flush()
        if server.owner is not None:
            os.chown(password.name, server.owner.uid, server.owner.gid)
        done = _run(
            server, "initdb", "-D", str(scratch), "-U", "postgres", "-E", "UTF8",
            "--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={password.name}",
            *(() if server.durable else ("--no-sync",)),
        )  # fmt: skip
    if done.returncode != 0:
        raise Problem(f"Postgres could not make its data folder: {done.stderr.strip()[-500:]}")
    scratch.rename(server.data)


def _run(server: Postgres, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(server.programs / program), *arguments],
        cwd=server.data.parent,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
        **as_owner(server.owner),
    )


def _check_version(server: Postgres) -> None:
    found = (server.data / "PG_VERSION").read_text().strip()
    program = _run(server, "postgres", "--version").stdout
    if f" {found}." not in program:
        raise Problem(
            f"{server.data} was written by Postgres {found}, installed is {program.strip()}. "
            "Dump it with the old version, or start on a new folder: ./run --state DIR"
        )


def _drop_stale_pid(data: Path) -> None:
    """Nothing; a pid file of a killed server goes when that number is another program's now.

    Postgres itself would take any living process of our user for its predecessor.
    """
    file = data / "postmaster.pid"
    if not file.exists():
        return
    comm = Path("/proc", file.read_text().split("\n", 1)[0].strip(), "comm")
    if Path("/proc/self").exists() and not (
        comm.exists() and comm.read_text().startswith("postgres")
    ):
        file.unlink()
