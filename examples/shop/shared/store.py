"""The redis that the link REDIS_URL names, and the names of what the shop keeps in it."""

from __future__ import annotations

import os

from redis import Redis

QUEUE = "orders"
CATALOGUE = "shop:catalogue"
SERVED = "shop:served"
DONE = "shop:done"
# How long the answer to one order waits for who asked.
ANSWER_S = 60
# How long it is remembered which orders of a load were packed.
MARKS_S = 3600
# The longest that a read may block on the server, and a little for the way.
LONGEST_WAIT_S = 30


def connect() -> Redis:
    """A client; nothing is sent yet."""
    return Redis.from_url(
        os.environ["REDIS_URL"],
        socket_connect_timeout=2,
        socket_timeout=LONGEST_WAIT_S + 5,
        decode_responses=False,
    )


def answer(order_id: str) -> str:
    """The key under which a worker answers one order."""
    return f"shop:answer:{order_id}"
