"""The release command: bring the catalogue of this release into the redis. Harmless twice."""

from __future__ import annotations

import json

import store
from catalogue import ITEMS


def main() -> None:
    """Nothing; the redis holds this release's catalogue."""
    with store.connect() as redis:
        redis.set(store.CATALOGUE, json.dumps(ITEMS))
    print(f"The catalogue has {len(ITEMS)} items.")


if __name__ == "__main__":
    main()
