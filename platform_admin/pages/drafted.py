"""How the draft of an environment differs from what is live."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jobs.document import Change, diff, read
from platform_admin.models import Environment, Release
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.live import live_document


@dataclass(frozen=True)
class Field:
    """One field that differs, by the name that a person reads; "" is what is not there."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Part:
    """A service or resource that differs: `word` is new, changed or removed."""

    noun: str
    name: str
    word: str
    fields: tuple[Field, ...]


def changes(environment: Environment) -> tuple[Part, ...]:
    """What differs between what is live and the draft, a part a service or resource."""
    return parts(diff(live_document(environment), draft(environment)))


def between(old: Release | None, new: Release) -> tuple[Part, ...]:
    """What differs between two releases; from None everything is new."""
    return parts(diff(read(old.document) if old else None, read(new.document)))


def parts(found: Sequence[Change]) -> tuple[Part, ...]:
    """The changes by the service or resource that they are of, in the order of paths."""
    by_name: dict[tuple[str, str], list[Change]] = {}
    for change in found:
        noun, _, rest = change.path.partition(".")
        name, _, path = rest.partition(".")
        by_name.setdefault((noun, name), []).append(replace(change, path=path))
    return tuple(
        _part(noun.removesuffix("s"), name, several)
        for (noun, name), several in by_name.items()
        if name
    )


def total(found: Sequence[Part]) -> int:
    """How many single changes there are; a part that came or went is one."""
    return sum(len(part.fields) if part.word == "changed" else 1 for part in found)


def _part(noun: str, name: str, several: list[Change]) -> Part:
    whole = several[0] if several[0].path == "" else None
    if whole is None:
        fields = tuple(
            Field(_words(one.path), _said(one.path, one.before), _said(one.path, one.after))
            for one in several
        )
        return Part(noun, name, "changed", fields)
    if whole.before is None:
        return Part(noun, name, "new", _all(whole.after, new=True))
    return Part(noun, name, "removed", _all(whole.before, new=False))


def _all(body: dict[str, Any], *, new: bool) -> tuple[Field, ...]:
    pairs = ((_words(path), _said(path, value)) for path, value in _flat(body))
    return tuple(Field(name, "" if new else value, value if new else "") for name, value in pairs)


def _flat(body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields of a whole part, each variable, secret and link on its own."""
    for key, value in body.items():
        if key in _MAPS:
            yield from ((f"{key}.{name}", each) for name, each in value.items())
        else:
            yield key, value


def _said(path: str, value: Any) -> str:
    """A value of a document as one reads it: a command as a line, a link by its target.

    What is not there is "".
    """
    match value:
        case str() if path == "artifact":
            return value[:HASH_SHOWN]
        case None | []:
            return ""
        case "":
            return "(empty)"
        case {"target": target, "property": property_, "database": str() as database}:
            return f"{target} · {database} · {property_}"
        case {"target": target, "property": property_}:
            return f"{target} · {property_}"
        case {"scope": scope, "version": version}:
            return f"version {version}, of the {scope}"
        case [{"path": _, "to": _}, *_]:
            return "; ".join(f"{one['path']} to {one['to']} ({one['status']})" for one in value)
        case [{"path": _, "name": _}, *_]:
            return "; ".join(f"{one['path']} {one['name']}: {one['value']}" for one in value)
        case {"attempts": attempts, "interval_s": interval_s, "delay_s": delay_s}:
            return f"{attempts} times in {interval_s} s, {delay_s} s apart"
        case [dict(), *_]:
            return "; ".join(" ".join(str(part) for part in one.values() if part) for one in value)
        case list():
            return shlex.join(value)
        case _:
            return str(value)


def _words(path: str) -> str:
    """`variables.GREETING` as "variable GREETING", `memory_mb` as "memory (MB)"."""
    first, _, rest = path.partition(".")
    named = f"{first.removesuffix('s')} {rest}" if rest else path
    return _NAMES.get(path, named)


HASH_SHOWN = 12
_MAPS = ("links", "ports", "secrets", "variables")
_NAMES = {
    "artifact": "archive",
    "max_connections": "connections",
    "time_limit_s": "time limit (s)",
    "time_zone": "time zone",
    "archive": "format of the archive",
    "cpu_mhz": "CPU (MHz)",
    "memory_mb": "memory (MB)",
    "health_path": "health check path",
    "start_limit_s": "start-up limit (s)",
    "kill_timeout_s": "time to finish (s)",
    "release_command": "release command",
    "check_interval_s": "check every (s)",
    "check_timeout_s": "check answers within (s)",
    "memory_max_mb": "memory to borrow (MB)",
    "disk_mb": "disk (MB)",
    "drain_s": "drain (s)",
    "kill_signal": "signal to end",
    "spread": "spread over",
    "restart": "restart rule",
    "restart.attempts": "restarts",
    "restart.interval_s": "restarts counted over (s)",
    "restart.delay_s": "restarts apart by (s)",
}
