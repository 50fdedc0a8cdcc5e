"""Connections to the postgres servers of apps: time-outs, and errors in the one tree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from jobs.errors import ClusterError, Conflict, Refused, Unavailable

CONNECT_S = 3
STATEMENT_S = 20
SERVER = "postgres"
_LONGEST = 300
_Connection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class Login:
    """Who signs in where; with an `address` the host's name is not resolved again."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    address: str = ""


@contextmanager
def connect(login: Login, *, within_s: int = CONNECT_S) -> Iterator[_Connection]:
    """A connection in which each statement is its own transaction; raises ClusterError alone."""
    try:
        with psycopg.connect(
            host=login.host,
            hostaddr=login.address or None,
            port=login.port,
            user=login.user,
            password=login.password,
            dbname=login.database,
            connect_timeout=within_s,
            autocommit=True,
            application_name="muster",
            options=f"-c statement_timeout={STATEMENT_S}s -c lock_timeout={STATEMENT_S}s",
        ) as connection:
            yield connection
    except psycopg.Error as error:
        raise _told(error, login) from error


def _told(error: psycopg.Error, login: Login) -> ClusterError:
    """The error in the tree, in Postgres' first line; it has no value of a statement."""
    if isinstance(error, psycopg.errors.DuplicateObject | psycopg.errors.DuplicateDatabase):
        return Conflict(f"{_where(login)}: {_line(error)}", server=SERVER)
    lost = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    kind = Unavailable if lost else Refused
    return kind(f"{_where(login)}: {_line(error)}", server=SERVER)


def _where(login: Login) -> str:
    return f"postgres at {login.host}:{login.port}"


def _line(error: psycopg.Error) -> str:
    said = error.diag.message_primary or str(error)
    # Before the reason libpq says where it went, which is said already.
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    first = next((line for line in lines if "FATAL:" in line), lines[0] if lines else "no answer")
    return first.rpartition("FATAL:")[2].rpartition(" failed: ")[2].strip()[:_LONGEST]
