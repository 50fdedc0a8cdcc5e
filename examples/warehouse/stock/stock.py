"""The private service: what is on the shelves, and who takes something."""

from __future__ import annotations

import os

import store
from serve import Reply, serve

INSTANCE = os.environ.get("NOMAD_ALLOC_ID", "")
TAKE = "UPDATE shelves SET taken = taken + 1 WHERE item = %s RETURNING taken"


def shelves(rest: str, body: bytes) -> Reply:
    """All items with their pieces, who answered, and what came of each link."""
    with store.opened() as connection:
        rows = connection.execute("SELECT item, pieces, taken FROM shelves ORDER BY item")
        items = [{"item": item, "pieces": pieces, "taken": taken} for item, pieces, taken in rows]
        return Reply({"items": items, "instance": INSTANCE, "used": store.used(connection)})


def take(item: str, body: bytes) -> Reply:
    """How often the item was taken by now; 404 where there is no shelf for it."""
    with store.opened() as connection:
        row = connection.execute(TAKE, (item,)).fetchone()
    if row is None:
        return Reply({"error": f"There is no shelf for {item!r}."}, 404)
    return Reply({"item": item, "taken": row[0]})


if __name__ == "__main__":
    serve({("GET", "/shelves"): shelves, ("POST", "/take/"): take})
