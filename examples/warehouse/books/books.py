"""The cron: each run writes a row into the ledger, and tells the partner how many there are."""

from __future__ import annotations

import os

import ledger
from psycopg.types.json import Jsonb
from redis import Redis

INSTANCE = os.environ.get("NOMAD_ALLOC_ID", "")
TOLD = "warehouse:runs"
WRITE = "INSERT INTO runs (instance, used) VALUES (%s, %s) RETURNING number"


def main() -> None:
    """Nothing; the row stands there, and the partner knows its number."""
    with ledger.opened() as book:
        used = {"LEDGER_URL": ledger.name_of(book), "PARTNER_URL": told(book)}
        row = book.execute(WRITE, (INSTANCE, Jsonb(used))).fetchone()
    print(f"Wrote row {row and row['number']}.")


def told(book: ledger.Ledger) -> str:
    """What the partner's redis has noted: one run more than the ledger has rows."""
    row = book.execute("SELECT count(*) AS runs FROM runs").fetchone()
    runs = 1 + (row["runs"] if row else 0)
    with Redis.from_url(os.environ["PARTNER_URL"], socket_timeout=5) as partner:
        partner.set(TOLD, runs)
        return f"noted {int(partner.get(TOLD) or 0)} runs"


if __name__ == "__main__":
    main()
