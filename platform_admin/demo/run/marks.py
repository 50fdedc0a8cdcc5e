"""Which orders of a load were packed: each leaves a mark under its id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from redis import Redis

from platform_admin.demo.run.report import Jobs


def booked(enqueued: Iterable[str], marks: Mapping[str, int]) -> Jobs:
    """What became of the orders, from how often each was packed. Pure.

    Only those that were enqueued count; without a mark an order is lost.
    """
    ids = set(enqueued)
    times = [marks.get(order, 0) for order in ids]
    done = sum(count > 0 for count in times)
    return Jobs(
        enqueued=len(ids),
        done=done,
        doubled=sum(count > 1 for count in times),
        lost=len(ids) - done,
    )


def marks(redis: Redis, key: str) -> dict[str, int]:
    """How often each order was packed, by its id."""
    found: Any = redis.hgetall(key)
    return {order.decode(): int(times) for order, times in found.items()}
