"""What stands in Consul below Traefik's root against what should."""

from __future__ import annotations

from collections.abc import Mapping

from jobs.consul import Entry
from jobs.edge.routes import ROOT


def differs(present: Mapping[str, Entry], wanted: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys of one slug that are missing, wrong or too many, sorted."""
    keys = present.keys() | wanted.keys()
    return tuple(sorted(key for key in keys if _value(present, key) != wanted.get(key)))


def by_slug(present: Mapping[str, Entry]) -> dict[str, dict[str, Entry]]:
    """Return a whole tree's keys by the slug that they belong to; shared keys belong to none."""
    found: dict[str, dict[str, Entry]] = {}
    for key, entry in present.items():
        owner = slug_of(key)
        if owner:
            found.setdefault(owner, {})[key] = entry
    return found


def slug_of(key: str) -> str | None:
    """Return the slug that a key below Traefik's root belongs to, None for any other key."""
    parts = key.removeprefix(f"{ROOT}/").split("/")
    slug, dashes, _ = parts[1].partition("--") if len(parts) > 2 else ("", "", "")
    return slug if dashes and key.startswith(f"{ROOT}/") else None


def thing_of(key: str) -> str:
    """Return the router, service or middleware that a key is a part of."""
    return "/".join(key.split("/")[:4])


def _value(present: Mapping[str, Entry], key: str) -> str | None:
    entry = present.get(key)
    return entry.value if entry else None
