"""The kinds of resources that Muster runs: a folder and a row each. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jobs.resources.postgres import ADMIN as POSTGRES_USER
from jobs.resources.postgres import postgres_job
from jobs.resources.postgres import properties as postgres_properties
from jobs.resources.postgres.properties import NAMES as POSTGRES_PROPERTIES
from jobs.resources.postgres.spec import PASSWORD_KEY as POSTGRES_PASSWORD_KEY
from jobs.resources.redis import properties as redis_properties
from jobs.resources.redis import redis_job
from jobs.resources.redis.properties import NAMES as REDIS_PROPERTIES
from jobs.resources.redis.properties import USER as REDIS_USER
from jobs.resources.redis.spec import PASSWORD_KEY as REDIS_PASSWORD_KEY


@dataclass(frozen=True)
class ResourceKind:
    """What the platform needs to know of a kind.

    `job` makes the Nomad job; `properties(host, port, user, password)` what links may give, of a
    kind with `databases` also of one of them; `property_names` are its keys, the usual one first;
    `user` is the first credential's; `password_key` names that credential's password in the job's
    Variable. `memory_mb`: what one gets where nobody says more; `smallest_mb`: what it needs to
    start; `port`: where one usually listens that somebody else runs.
    """

    job: Callable[..., dict[str, Any]]
    properties: Callable[..., Mapping[str, str]]
    property_names: tuple[str, ...]
    user: str
    password_key: str
    memory_mb: int
    smallest_mb: int
    port: int
    databases: bool = False


KINDS: dict[str, ResourceKind] = {
    "redis": ResourceKind(
        job=redis_job,
        properties=redis_properties,
        property_names=REDIS_PROPERTIES,
        user=REDIS_USER,
        password_key=REDIS_PASSWORD_KEY,
        memory_mb=64,
        smallest_mb=10,
        port=6379,
    ),
    "postgres": ResourceKind(
        job=postgres_job,
        properties=postgres_properties,
        property_names=POSTGRES_PROPERTIES,
        user=POSTGRES_USER,
        password_key=POSTGRES_PASSWORD_KEY,
        memory_mb=256,
        smallest_mb=128,
        port=5432,
        databases=True,
    ),
}

__all__ = ["KINDS", "ResourceKind"]
