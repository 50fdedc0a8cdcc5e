"""The JSON Schema of an environment's file, from the types that `read_file` reads."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from types import UnionType
from typing import Any, get_args, get_type_hints

from jobs.document import types
from jobs.document.fields import APP, DATABASE, NAME, SHA256, VARIABLE
from jobs.document.file import DATE, TIME
from jobs.document.read_domain import HOST, PREFIX
from jobs.document.types import (
    ConstraintDoc,
    DomainDoc,
    HeaderDoc,
    LinkDoc,
    PathDoc,
    RedirectDoc,
    ResourceDoc,
    RestartDoc,
    SecretRef,
    ServiceDoc,
)
from jobs.document.write import FORMAT
from platform_admin.rules.policy import METRICS, MODES, STRATEGIES, UNKNOWNS, PolicyFields

Json = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Json = {"type": "string", "pattern": r"^[^\x00]*$"}
_WHOLE: Json = {"type": "integer"}
_COUNT: Json = {"type": "integer", "minimum": 1, "maximum": 10**9}
_FROM_0: Json = {**_COUNT, "minimum": 0}
_PORT: Json = {"type": "integer", "minimum": 1, "maximum": 65535}
_TEXTS: Json = {"type": "array", "items": _TEXT}


def schema() -> Json:
    """What a file may look like; what hangs together (a target that exists) is the reader's."""
    return {
        "$schema": DRAFT,
        "title": "An environment of Muster",
        **_object(
            {
                "format": {"const": FORMAT},
                "app": _matching(APP.pattern),
                "environment": _matching(NAME.pattern),
                "services": _named(NAME.pattern, _service()),
                "resources": _named(NAME.pattern, _resource()),
                "domains": _named(HOST.pattern, _domain()),
                "variables": _named(VARIABLE.pattern, _TEXT),
                "secrets": _named(VARIABLE.pattern, _secret()),
                "scaling": _named(NAME.pattern, _scaling()),
            },
            needed=("format", "app", "environment"),
        ),
    }


def _service() -> Json:
    known: dict[str, Json] = {
        "kind": {"enum": list(types.KINDS)},
        "artifact": _matching(SHA256.pattern),
        "archive": {"enum": list(types.ARCHIVES)},
        "command": _TEXTS,
        "release_command": _TEXTS,
        "port": _PORT,
        "ports": _named(NAME.pattern, _PORT),
        "health_path": _matching(r"/[^\x00]*"),
        "protocol": {"enum": list(types.PROTOCOLS)},
        "kill_signal": {"enum": list(types.KILL_SIGNALS)},
        "constraints": _list(
            ConstraintDoc, {"operator": {"enum": list(types.OPERATORS)}}, needed=("attribute",)
        ),
        "restart": _of(
            RestartDoc,
            {"attempts": _FROM_0},
            needed=("attempts", "interval_s", "delay_s"),
        ),
        "redirects": _list(
            RedirectDoc, {"status": {"enum": list(types.REDIRECT_CODES)}}, needed=("path", "to")
        ),
        "headers": _list(HeaderDoc, {}, needed=("path", "name", "value")),
        "variables": _named(VARIABLE.pattern, _TEXT),
        "secrets": _named(VARIABLE.pattern, _secret()),
        "links": _named(VARIABLE.pattern, _link()),
    }
    return _of(ServiceDoc, known, leaving="name", needed=("kind",))


def _link() -> Json:
    database = {"database": _matching(DATABASE.pattern)}
    return _of(LinkDoc, database, leaving="variable", needed=("target",))


def _resource() -> Json:
    kinds: Json = {"enum": list(types.RESOURCE_KINDS)}
    return _of(ResourceDoc, {"kind": kinds}, leaving="name", needed=("kind",))


def _domain() -> Json:
    known = {"service": _matching(NAME.pattern)}
    paths = _named(PREFIX.pattern, _of(PathDoc, known, leaving="prefix", needed=("service",)))
    return _of(DomainDoc, {"paths": paths}, leaving="name")


def _secret() -> Json:
    scopes: Json = {"enum": list(types.SCOPES)}
    return _of(SecretRef, {"scope": scopes}, needed=("scope", "version"))


def _scaling() -> Json:
    hints = get_type_hints(PolicyFields)
    found = {name: _plain(hint, _WHOLE) for name, hint in hints.items() if name != "windows"}
    found |= {
        "minimum": _FROM_0,
        "maximum": _COUNT,
        "mode": {"enum": list(MODES)},
        "strategy": {"enum": list(STRATEGIES)},
        "metric": {"enum": list(METRICS)},
        "unknown": {"enum": list(UNKNOWNS)},
        "windows": {"type": "array", "items": _window()},
    }
    return _object(found)


def _window() -> Json:
    day: Json = {"type": "integer", "minimum": 0, "maximum": 6}
    known = {
        "name": _TEXT,
        "first": _matching(DATE.pattern),
        "last": _matching(DATE.pattern),
        "start": _matching(TIME.pattern),
        "end": _matching(TIME.pattern),
        "least": _FROM_0,
        "most": _FROM_0,
    }
    found = {name: {"anyOf": [one, {"type": "null"}]} for name, one in known.items()}
    return _object({**found, "days": {"type": "array", "items": day}})


def _of(
    noun: type[Any], known: dict[str, Json], *, leaving: str = "", needed: Collection[str] = ()
) -> Json:
    """An object with the fields of a type; `known` are those that its types do not say whole."""
    hints = get_type_hints(noun)
    names = [field.name for field in fields(noun) if field.name != leaving]
    whole = {name: _or_nothing(known[name], hints[name]) for name in known}
    return _object({name: whole.get(name) or _plain(hints[name], _COUNT) for name in names}, needed)


def _plain(hint: Any, number: Json) -> Json:
    """A text, a whole number of this sort, any number, or one of those or nothing."""
    if isinstance(hint, UnionType):
        [one] = [each for each in get_args(hint) if each is not type(None)]
        return _or_nothing(_plain(one, number), hint)
    return {str: _TEXT, bool: {"type": "boolean"}, int: number, float: {"type": "number"}}[hint]


def _or_nothing(one: Json, hint: Any) -> Json:
    if type(None) not in get_args(hint):
        return one
    return {"anyOf": [one, {"type": "null"}]}


def _list(noun: type[Any], known: dict[str, Json], *, needed: Collection[str]) -> Json:
    return {"type": "array", "items": _of(noun, known, needed=needed)}


def _object(properties: dict[str, Json], needed: Collection[str] = ()) -> Json:
    found: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": list(needed)} if needed else found


def _named(pattern: str, value: Json) -> Json:
    return {
        "type": "object",
        "patternProperties": {_whole(pattern): value},
        "additionalProperties": False,
    }


def _matching(pattern: str) -> Json:
    return {"type": "string", "pattern": _whole(pattern)}


def _whole(pattern: str) -> str:
    """The pattern for a whole text: to some readers `$` fits before a newline at its end too."""
    return rf"^(?:{pattern})$(?!\n)"
