"""The job that the queue names: pack one order."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime

import store

SHOWN = 20
# How long packing takes, in seconds: more makes a queue grow, which is something to scale by.
PACK_S = float(os.environ.get("PACK_S", "0.2"))


def pack(order_id: str, item: str, takes_s: float | None = None, marks: str = "") -> None:
    """Nothing; the order stands in the list of those done, and who waits for it is told.

    `takes_s`: seconds, where this order takes others than PACK_S. `marks` names a hash in which
    it counts how often it was packed.
    """
    time.sleep(PACK_S if takes_s is None else takes_s)
    order = {
        "id": order_id,
        "item": item,
        "worker": os.environ.get("NOMAD_ALLOC_ID", ""),
        "version": os.environ.get("VERSION", "unknown"),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with store.connect() as redis, redis.pipeline() as pipe:
        pipe.lpush(store.DONE, json.dumps(order)).ltrim(store.DONE, 0, SHOWN - 1)
        pipe.lpush(store.answer(order_id), json.dumps(order))
        pipe.expire(store.answer(order_id), store.ANSWER_S)
        if marks:
            pipe.hincrby(marks, order_id, 1).expire(marks, store.MARKS_S)
        pipe.execute()
