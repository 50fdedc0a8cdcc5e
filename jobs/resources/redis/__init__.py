"""A redis (Valkey or Redis) that Muster runs. Pure."""

from __future__ import annotations

from jobs.resources.redis.properties import properties
from jobs.resources.redis.spec import RedisServer, redis_job

__all__ = ["RedisServer", "properties", "redis_job"]
