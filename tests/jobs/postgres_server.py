"""A postgres that a test may do anything to, entered as those are that Muster runs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from jobs.postgres import Login
from jobs.resources.postgres import ADMIN, ADMIN_DATABASE
from local.launch import keys, ports, postgres
from local.launch.process import ask_to_end, spawn, wait_for_end

PASSWORD = "of the superuser"


@dataclass(frozen=True)
class Server:
    """Where it listens, on loopback."""

    port: int

    def admin(self, database: str = ADMIN_DATABASE) -> Login:
        """Muster's own login."""
        return Login("127.0.0.1", self.port, ADMIN, PASSWORD, database)


@contextmanager
def running() -> Iterator[Server]:
    """A server of the embedded programs, with a superuser as Muster's are called."""
    folder = Path(tempfile.mkdtemp(prefix="muster-postgres-"))
    folder.chmod(0o755)
    (folder / "postgres").mkdir()
    secrets = keys.load_or_make(folder / "secrets.json")
    server = postgres.place(folder / "postgres", ports.any_free(), secrets, durable=False)
    command = postgres.command(server, env={"PATH": "/usr/bin:/bin"}, log=folder / "log")
    child = spawn(command)
    try:
        postgres.wait_and_prepare(server, lambda: child.poll() is None)
        with server.connect("postgres") as connection:
            _superuser(connection)
        yield Server(server.port)
    finally:
        ask_to_end(child, command.on_stop)
        wait_for_end(child, within_s=5)
        shutil.rmtree(folder, ignore_errors=True)


def _superuser(connection: psycopg.Connection) -> None:
    statement = sql.SQL("CREATE ROLE {} SUPERUSER LOGIN PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(ADMIN), sql.Literal(PASSWORD)))
