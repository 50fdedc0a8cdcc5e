"""The worker service: takes orders from the queue until it is told to stop.

A SIGTERM lets it finish the order at hand.
"""

from __future__ import annotations

import os
import uuid

import store
from between import Worker
from redis import Redis


def main() -> None:
    """Nothing; returns after a warm shutdown."""
    # The allocation in the name tells the platform which worker runs in which instance.
    name = os.environ.get("NOMAD_ALLOC_ID") or uuid.uuid4().hex
    redis = store.connect()
    forget(name, redis)
    Worker([store.QUEUE], name=name, connection=redis).work()


def forget(name: str, redis: Redis) -> None:
    """Nothing; a process of this instance that was killed no longer counts as a worker."""
    for worker in Worker.all(connection=redis):
        if worker.name == name:
            worker.register_death()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
