"""How the draft of an environment differs from what is live."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jobs.deploy.preview import live_doc
from jobs.document import Change, Document, ResourceDoc, diff, read
from platform_admin.models import Deployment, Environment, Release
from platform_admin.verbs.drafts import draft


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


def live_document(environment: Environment) -> Document:
    """What runs, as a document: each service as its live colour's release says it.

    Resources have no colours: theirs are those of the last release that went live.
    """
    services = environment.services.select_related("rollout").prefetch_related("colours__release")
    found = (live_doc(service) for service in services)
    return Document(
        environment.app.slug,
        environment.slug,
        services=tuple(doc for doc in found if doc is not None),
        resources=_live_resources(environment),
    )


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
        case list():
            return shlex.join(value)
        case _:
            return str(value)


def _words(path: str) -> str:
    """`variables.GREETING` as "variable GREETING", `memory_mb` as "memory (MB)"."""
    first, _, rest = path.partition(".")
    return f"{first.removesuffix('s')} {rest}" if rest else _NAMES.get(path, path)


HASH_SHOWN = 12
_MAPS = ("links", "secrets", "variables")
_NAMES = {
    "artifact": "archive",
    "archive": "format of the archive",
    "cpu_mhz": "CPU (MHz)",
    "memory_mb": "memory (MB)",
    "health_path": "health check path",
    "start_limit_s": "start-up limit (s)",
    "kill_timeout_s": "time to finish (s)",
    "release_command": "release command",
}


def _live_resources(environment: Environment) -> tuple[ResourceDoc, ...]:
    done = environment.deployments.filter(state=Deployment.State.SUCCEEDED)
    last = done.select_related("release").order_by("-number").first()
    return read(last.release.document).resources if last else ()
