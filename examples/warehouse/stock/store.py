"""The database `stock`, entered by the five links DB_*."""

from __future__ import annotations

import os

import psycopg

TIMEOUT_S = 3


def opened() -> psycopg.Connection:
    """A connection in which every statement counts at once. psycopg.Error where it is away."""
    return psycopg.connect(
        host=os.environ["DB_HOST"],
        port=os.environ["DB_PORT"],
        user=os.environ["DB_USER"],
        password=os.environ["DB_PASSWORD"],
        dbname=os.environ["DB_NAME"],
        autocommit=True,
        connect_timeout=TIMEOUT_S,
    )


def used(connection: psycopg.Connection) -> dict[str, str]:
    """What the server says of each link by which it was entered."""
    asked = "SELECT host(inet_server_addr()), inet_server_port(), session_user, current_database()"
    host, port, user, name = map(str, connection.execute(asked).fetchone() or ())
    return {
        "DB_HOST": host,
        "DB_PORT": port,
        "DB_USER": user,
        "DB_PASSWORD": "accepted",
        "DB_NAME": name,
    }
