"""A way through every link of the warehouse: each service says what came of its own."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from typing import Any

import ledger
import parcels
from ask import ask
from psycopg import Error as LedgerError
from redis import Redis, RedisError

Used = dict[str, str]
# How long a parcel may take through the queue, and how old the foreman's row may be, in seconds.
PACKED_WITHIN_S = 8
BEAT_WITHIN_S = 10
AWAY = (OSError, ValueError, KeyError, LookupError, RedisError, LedgerError)


def links() -> dict[str, Any]:
    """What came of each link by service and variable; `missing` has those who did not answer."""
    began = time.monotonic()
    used: dict[str, Used] = {}
    missing: dict[str, str] = {}
    for name, look in PARTS.items():
        try:
            used[name] = look()
        except AWAY as error:
            missing[name] = f"{type(error).__name__}: {error}"
    took_ms = round((time.monotonic() - began) * 1000)
    return {"ok": not missing, "missing": missing, "used": used, "took_ms": took_ms}


def web() -> Used:
    """This service's own links."""
    host, port = os.environ["STOCK_HOST"], int(os.environ["STOCK_PORT"])
    with socket.create_connection((host, port), timeout=3) as connection:
        there = "{}:{}".format(*connection.getpeername()[:2])
    with ledger.opened() as book:
        name = ledger.name_of(book)
    return {
        "STOCK_URL": f"{len(_shelves()['items'])} items",
        "STOCK_HOST": there,
        "STOCK_PORT": there,
        "QUEUE_URL": f"run {queue().info('server')['run_id'][:8]}",
        "LEDGER_URL": name,
        "PARTNER_URL": f"run {partner().info('server')['run_id'][:8]}",
        "SITE_URL": f"{os.environ['SITE_URL']} may read this",
    }


def stock() -> Used:
    """Those by which the stock enters its database."""
    found: Used = _shelves()["used"]
    return found


def packer() -> Used:
    """Those of the worker, who packs a parcel for it. LookupError where nobody does in time."""
    parcel = parcels.new("compass")
    parcels.put(queue(), parcel)
    label = parcels.label(queue(), parcel["id"], PACKED_WITHIN_S)
    if label is None:
        raise LookupError(f"nobody packed a parcel within {PACKED_WITHIN_S} s")
    found: Used = label["used"]
    return found


def books() -> Used:
    """Those of the cron, as its newest row has them. LookupError before its first run."""
    return _written(ledger.newest_run, "it has not run yet: it does every minute")


def foreman() -> Used:
    """Those of the singleton, as its row has them. LookupError where nobody renews that."""
    return _written(ledger.heartbeat, "its row is not renewed")


def queue() -> Redis:
    """A client of the queue; nothing is sent yet."""
    wait_s = parcels.LONGEST_WAIT_S + 5
    return Redis.from_url(os.environ["QUEUE_URL"], socket_connect_timeout=2, socket_timeout=wait_s)


def partner() -> Redis:
    """A client of the partner's redis; nothing is sent yet."""
    return Redis.from_url(os.environ["PARTNER_URL"], socket_connect_timeout=2, socket_timeout=5)


def _shelves() -> Any:
    return ask(os.environ["STOCK_URL"], "/shelves")


def _written(read: Callable[[ledger.Ledger], dict[str, Any] | None], otherwise: str) -> Used:
    with ledger.opened() as book:
        row = read(book)
    if row is None or row.get("age_s", 0) > BEAT_WITHIN_S:
        raise LookupError(otherwise)
    found: Used = row["used"]
    return found


PARTS: dict[str, Callable[[], Used]] = {
    "web": web,
    "stock": stock,
    "packer": packer,
    "books": books,
    "foreman": foreman,
}
