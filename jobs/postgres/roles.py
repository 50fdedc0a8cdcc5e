"""Databases and logins inside a postgres that Muster runs; all is harmless when repeated.

A database belongs to a role that nobody signs in as, and its logins act as that role. So what one
service makes another one may change, and a login that goes leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, LiteralString

from psycopg import Connection, sql

from jobs.postgres.door import Login, connect
from jobs.resources.postgres import ADMIN_DATABASE, owner

_LOCK = 7_301_815
"""So that two deployments of one environment do not make the same role at once."""
_OWN = ("postgres", "template1")
_ROLE: LiteralString = "SELECT 1 FROM pg_roles WHERE rolname = %s"


@dataclass(frozen=True)
class Role:
    """A login, and the databases that it may enter."""

    name: str
    password: str = field(repr=False)
    databases: frozenset[str]


def bring(admin: Login, databases: Collection[str], roles: Iterable[Role]) -> None:
    """Make what is missing of databases and logins. Raises ClusterError.

    Nothing is taken away: what runs may still use it.
    """
    with connect(admin) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        for database in _OWN:
            _run(connection, "REVOKE CONNECT ON DATABASE {} FROM PUBLIC", database)
        for database in sorted(databases):
            _bring_database(connection, database)
        for role in roles:
            _bring_role(connection, role)


def hand_over(admin: Login, names: Collection[str], databases: Collection[str]) -> None:
    """Give what these logins made as themselves to the owners, so that others may use it too."""
    with connect(admin) as connection:
        there = [name for name in names if _exists(connection, _ROLE, name)]
    for database in sorted(databases):
        with connect(replace(admin, database=database)) as inside:
            for name in there:
                _run(inside, "REASSIGN OWNED BY {} TO {}", name, owner(database))


def drop(admin: Login, name: str, still: Callable[[], bool]) -> None:
    """Take a login away; what it made as itself goes to the owners. Harmless where it is gone.

    `still` says whether it is to go, once nobody else can bring it back meanwhile.
    """
    with connect(admin) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        if not still() or not _exists(connection, _ROLE, name):
            return
        _run(connection, "ALTER ROLE {} NOLOGIN", name)
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (name,)
        )
        for database in _databases(connection):
            with connect(replace(admin, database=database)) as inside:
                _hand_over(inside, name, owner(database))
        _run(connection, "DROP ROLE {}", name)


def _hand_over(connection: Connection[Any], name: str, heir: str) -> None:
    if _exists(connection, _ROLE, heir):
        _run(connection, "REASSIGN OWNED BY {} TO {}", name, heir)
    _run(connection, "DROP OWNED BY {}", name)


def _databases(connection: Connection[Any]) -> list[str]:
    found = connection.execute(
        "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname"
    )
    return [name for [name] in found if name != ADMIN_DATABASE]


def _bring_database(connection: Connection[Any], database: str) -> None:
    heir = owner(database)
    if not _exists(connection, _ROLE, heir):
        _run(connection, "CREATE ROLE {} NOLOGIN", heir)
    if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", database):
        _run(connection, "CREATE DATABASE {} OWNER {}", database, heir)
    # Others of this server, also those with a login of their own, do not enter.
    _run(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)


def _bring_role(connection: Connection[Any], role: Role) -> None:
    there = _exists(connection, _ROLE, role.name)
    # The server gets what it checks a password by, never the password.
    checked = connection.pgconn.encrypt_password(
        role.password.encode(), role.name.encode(), b"scram-sha-256"
    ).decode()
    statement: LiteralString = (
        "ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}"
        if there
        else "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}"
    )
    named = sql.SQL(statement).format(sql.Identifier(role.name), sql.Literal(checked))
    connection.execute(named)
    for database in sorted(role.databases):
        heir = owner(database)
        _run(connection, "GRANT {} TO {}", heir, role.name)
        _run(connection, "ALTER ROLE {} IN DATABASE {} SET role TO {}", role.name, database, heir)


def _exists(connection: Connection[Any], query: LiteralString, name: str) -> bool:
    return connection.execute(query, (name,)).fetchone() is not None


def _run(connection: Connection[Any], statement: LiteralString, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
