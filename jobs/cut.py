"""Nomad cut off on purpose, for the example's sake: a key that ends by itself.

All processes of Muster look at it, but only where MUSTER_FAULTS is on: see jobs/servers.py.
"""

from __future__ import annotations

from functools import cache

from django.conf import settings
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

KEY = "muster:cut:nomad"
_WITHIN_S = 0.5


def cut_off(seconds: float) -> None:
    """Nothing; from now on Nomad is not reached, and again after so many seconds. RedisError."""
    _server().set(KEY, "1", px=round(seconds * 1000))


def is_cut() -> bool:
    """Whether Nomad is cut off now; not where the key's server does not say so."""
    try:
        return bool(_server().exists(KEY))
    except RedisError:
        return False


@cache
def _server() -> Redis:
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=_WITHIN_S,
        socket_connect_timeout=_WITHIN_S,
        retry=Retry(NoBackoff(), 0),
    )
