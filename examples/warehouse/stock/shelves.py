"""The release command: the shelves as this release knows them. Harmless twice."""

from __future__ import annotations

import store

ITEMS = {"anchor": 12, "compass": 40, "lantern": 25, "rope": 90}


def main() -> None:
    """Nothing; every item has its shelf, and what is on it stays."""
    with store.opened() as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS shelves"
            " (item text PRIMARY KEY, pieces integer NOT NULL, taken integer NOT NULL DEFAULT 0)"
        )
        for shelf in ITEMS.items():
            connection.execute("INSERT INTO shelves VALUES (%s, %s) ON CONFLICT DO NOTHING", shelf)
    print(f"There are shelves for {len(ITEMS)} items.")


if __name__ == "__main__":
    main()
