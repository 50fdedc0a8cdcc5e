"""The kinds of resources that Muster runs: a folder and a row each. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jobs.resources.redis import properties as redis_properties
from jobs.resources.redis import redis_job
from jobs.resources.redis.properties import NAMES as REDIS_PROPERTIES
from jobs.resources.redis.properties import USER as REDIS_USER
from jobs.resources.redis.spec import PASSWORD_KEY as REDIS_PASSWORD_KEY


@dataclass(frozen=True)
class ResourceKind:
    """What the platform needs to know of a kind.

    `job` makes the Nomad job; `properties(host, port, user, password)` what links may give;
    `property_names` are its keys, the usual one first; `user` is the first credential's;
    `password_key` names that credential's password in the job's Variable.
    """

    job: Callable[..., dict[str, Any]]
    properties: Callable[[str, int, str, str], Mapping[str, str]]
    property_names: tuple[str, ...]
    user: str
    password_key: str


KINDS: dict[str, ResourceKind] = {
    "redis": ResourceKind(
        job=redis_job,
        properties=redis_properties,
        property_names=REDIS_PROPERTIES,
        user=REDIS_USER,
        password_key=REDIS_PASSWORD_KEY,
    ),
}

__all__ = ["KINDS", "ResourceKind"]
