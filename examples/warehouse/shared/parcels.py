"""What goes through the redis `queue`: parcels to pack, and the label of each that is packed."""

from __future__ import annotations

import json
import uuid
from typing import Any

from redis import Redis

WAITING = "warehouse:waiting"
# How long a label is kept, in seconds.
KEPT_S = 3600
# The longest that a read may block on the server.
LONGEST_WAIT_S = 10

Json = dict[str, Any]


def new(item: str) -> Json:
    """A parcel that nobody knows yet."""
    return {"id": uuid.uuid4().hex, "item": item}


def put(queue: Redis, parcel: Json) -> None:
    """Nothing; the parcel waits to be packed."""
    queue.rpush(WAITING, json.dumps(parcel))


def taken(queue: Redis, within_s: float) -> Json | None:
    """The parcel that has waited longest; None where none came in time."""
    found = queue.blpop([WAITING], timeout=within_s)
    return None if found is None else json.loads(found[1])


def keep(queue: Redis, label: Json) -> None:
    """Nothing; the label stands there, and who waits for it goes on."""
    with queue.pipeline() as pipe:
        pipe.set(_label(label["id"]), json.dumps(label), ex=KEPT_S)
        pipe.rpush(_done(label["id"]), "").expire(_done(label["id"]), KEPT_S)
        pipe.execute()


def label(queue: Redis, parcel_id: str, within_s: float = 0) -> Json | None:
    """The label of a packed parcel; None where it is not packed, or not in time."""
    if within_s:
        queue.blpop([_done(parcel_id)], timeout=within_s)
    found = queue.get(_label(parcel_id))
    return None if found is None else json.loads(found)


def _label(parcel_id: str) -> str:
    return f"warehouse:label:{parcel_id}"


def _done(parcel_id: str) -> str:
    return f"warehouse:done:{parcel_id}"
