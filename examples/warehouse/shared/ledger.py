"""The database `ledger` of the link LEDGER_URL: what the books and the foreman write in it."""

from __future__ import annotations

import os
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row

TIMEOUT_S = 3

Ledger = psycopg.Connection[DictRow]


def opened() -> Ledger:
    """A connection in which every statement counts at once. psycopg.Error where it is away."""
    return psycopg.connect(
        os.environ["LEDGER_URL"], autocommit=True, connect_timeout=TIMEOUT_S, row_factory=dict_row
    )


def name_of(ledger: Ledger) -> str:
    """Where this is, as the server says it: which database, and as whom."""
    row = ledger.execute("SELECT current_database() AS database, session_user AS login").fetchone()
    return "{database} as {login}".format(**row or {})


def newest_run(ledger: Ledger) -> dict[str, Any] | None:
    """What the last run of the books has written; None before the first."""
    return ledger.execute("SELECT * FROM runs ORDER BY number DESC LIMIT 1").fetchone()


def heartbeat(ledger: Ledger) -> dict[str, Any] | None:
    """The foreman's row; None before there was one."""
    found = "SELECT *, extract(epoch FROM now() - at)::float AS age_s FROM heartbeat"
    return ledger.execute(found).fetchone()
