"""The singleton: holds one row of the ledger, and renews it as long as it runs.

Beside the row it holds a lock, which Postgres gives to one session alone: a second foreman ends
at once, so that nobody has to believe that there is never one.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

import ledger
import parcels
from psycopg.types.json import Jsonb
from redis import Redis

BEATS_EVERY_S = 1
LOCK = 1
INSTANCE = os.environ.get("NOMAD_ALLOC_ID", "")
BEAT = """
INSERT INTO heartbeat (instance, since, at, used) VALUES (%(instance)s, now(), now(), %(used)s)
ON CONFLICT (one) DO UPDATE SET instance = excluded.instance, at = now(), used = excluded.used,
    since = CASE WHEN heartbeat.instance = excluded.instance
        THEN heartbeat.since ELSE excluded.since END
"""


def main() -> None:
    """Nothing; beats until it is told to stop. A second one ends with a sentence."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    queue = Redis.from_url(os.environ["QUEUE_URL"], socket_timeout=5)
    with ledger.opened() as book:
        if not alone(book):
            sys.exit("Another foreman holds the row.")
        while not stop.wait(BEATS_EVERY_S):
            book.execute(BEAT, {"instance": INSTANCE, "used": Jsonb(used(book, queue))})


def alone(book: ledger.Ledger) -> bool:
    """Whether this session got the lock, and keeps it to its end."""
    row = book.execute("SELECT pg_try_advisory_lock(%s) AS got", (LOCK,)).fetchone()
    return bool(row and row["got"])


def used(book: ledger.Ledger, queue: Redis) -> dict[str, str]:
    """What came of each link."""
    return {
        "LEDGER_URL": ledger.name_of(book),
        "QUEUE_URL": f"{queue.llen(parcels.WAITING)} parcels wait",
    }


if __name__ == "__main__":
    main()
