"""Muster's Valkey as a page asks it: a second is waited for an answer, and no longer."""

from __future__ import annotations

from django_rq.settings import QUEUES
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

WITHIN_S = 1.0


def connection(queue: str = "default") -> Redis:
    """A connection to the server of this queue, which asks once; RedisError where it is silent."""
    return Redis.from_url(
        QUEUES[queue]["URL"],
        socket_timeout=WITHIN_S,
        socket_connect_timeout=WITHIN_S,
        retry=Retry(NoBackoff(), 0),
    )
