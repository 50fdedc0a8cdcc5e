"""The worker: takes parcels from the queue, fetches their items, and keeps a sealed label of each.

A SIGTERM lets it finish the parcel at hand.
"""

from __future__ import annotations

import os
import signal
import time
from urllib.error import HTTPError
from urllib.parse import quote

import parcels
from ask import ask
from redis import Redis, RedisError
from seal import sealed

# How long packing takes, and how long it looks for a parcel before it sees a SIGTERM, in seconds.
PACK_S = float(os.environ.get("PACK_S", "0.1"))
LOOKS_FOR_S = 1
INSTANCE = os.environ.get("NOMAD_ALLOC_ID", "")


def main() -> None:
    """Nothing; returns between two parcels, once it was told to stop."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: told.append(number))
    queue = entered()
    while not told:
        try:
            work(queue)
        except (RedisError, OSError) as error:
            print(f"Somebody does not answer: {error}", flush=True)
            time.sleep(LOOKS_FOR_S)


def work(queue: Redis) -> None:
    """Nothing; the next parcel is packed, if there is one. RedisError, OSError: somebody is away.

    A parcel that can not be packed because the stock is away goes back into the queue.
    """
    parcel = parcels.taken(queue, LOOKS_FOR_S)
    if parcel is None:
        return
    try:
        label = packed(parcel, queue)
    except OSError:
        parcels.put(queue, parcel)
        raise
    parcels.keep(queue, label)
    print(f"Packed {parcel['item']}, parcel {parcel['id']}.", flush=True)


def entered() -> Redis:
    """A client of the queue, entered by the four links QUEUE_*; nothing is sent yet."""
    return Redis(
        host=os.environ["QUEUE_HOST"],
        port=int(os.environ["QUEUE_PORT"]),
        username=os.environ["QUEUE_USER"],
        password=os.environ["QUEUE_PASSWORD"],
        socket_connect_timeout=2,
        socket_timeout=parcels.LONGEST_WAIT_S,
    )


def packed(parcel: parcels.Json, queue: Redis) -> parcels.Json:
    """The parcel's label: where it can be followed, its seal, and what came of each link."""
    time.sleep(PACK_S)
    track = f"{os.environ['TRACK_URL']}/parcels/{parcel['id']}"
    return {
        **parcel,
        "fetched": fetched(parcel["item"]),
        "track": track,
        "seal": sealed(track),
        "carrier": bool(os.environ["CARRIER_TOKEN"]),
        "region": os.environ["REGION"],
        "packer": INSTANCE,
        "used": {**used(queue), "TRACK_URL": track},
    }


def fetched(item: str) -> str:
    """What the stock said to the item."""
    try:
        answer = ask(os.environ["STOCK_URL"], f"/take/{quote(item, safe='')}", "POST")
        return f"piece {answer['taken']}"
    except HTTPError as error:
        return f"not there ({error.code})"


def used(queue: Redis) -> dict[str, str]:
    """What the redis and the stock say of each link by which they were reached."""
    server = queue.info("server")
    return {
        "QUEUE_HOST": f"run {server['run_id'][:8]}",
        "QUEUE_PORT": str(server["tcp_port"]),
        "QUEUE_USER": str(queue.acl_whoami()),
        "QUEUE_PASSWORD": "accepted",
        "STOCK_URL": f"{len(ask(os.environ['STOCK_URL'], '/shelves')['items'])} items",
    }


if __name__ == "__main__":
    main()
