"""What may be asked of a postgres, and how far its connections reach."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

DATABASE = "app"
"""The database of a link that names none."""
DATABASE_LENGTH = 31
CONNECTIONS = 50
FEWEST_CONNECTIONS, MOST_CONNECTIONS = 10, 1000
RESERVED = 3
"""Connections that only Muster's own login gets."""
POOL = 10
"""Connections that one instance usually holds: what pools of web frameworks are set to."""

_DATABASE = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = frozenset({"postgres", "template0", "template1"})


def database_error(name: str) -> str | None:
    """What is wrong with a database's name, as a sentence; None if nothing is."""
    if len(name) > DATABASE_LENGTH:
        return f"{name!r} has {len(name)} characters: shorten it to {DATABASE_LENGTH} or fewer."
    if not _DATABASE.fullmatch(name):
        return (
            f"{name!r} is not a database's name: use small letters, digits and underscores,"
            " with a letter first."
        )
    if name in _TAKEN or name.startswith("pg_"):
        return f"{name!r} is Postgres' own: choose another name."
    return None


def version_error(version: str, offered: Collection[str]) -> str | None:
    """What is wrong with the version of a new postgres; `offered` are those that can be run."""
    if version in offered:
        return None
    known = " or ".join(offered) or "none: an operator has to name one"
    return f"{version or 'No version'!r} is not run here: choose {known}."


def connections_error(found: int) -> str | None:
    """What is wrong with the number of connections at once."""
    if FEWEST_CONNECTIONS <= found <= MOST_CONNECTIONS:
        return None
    return (
        f"{found} connections is out of range: use a number from {FEWEST_CONNECTIONS} to"
        f" {MOST_CONNECTIONS}."
    )


@dataclass(frozen=True)
class Reach:
    """How many connections a service could take: its most instances, a usual pool in each."""

    service: str
    instances: int

    @property
    def connections(self) -> int:
        return self.instances * POOL


def crowded(reaches: Sequence[Reach], connections: int) -> str:
    """A hint where the services together could want more than there is, "" where they can not."""
    free, wanted = connections - RESERVED, sum(each.connections for each in reaches)
    if wanted <= free:
        return ""
    parts = ", ".join(f"{each.service} {each.connections}" for each in reaches)
    return (
        f"With a pool of {POOL} connections in each instance, all instances together could want"
        f" {wanted} ({parts}); services get {free}. Smaller pools, fewer instances or a higher"
        " limit would fit."
    )
