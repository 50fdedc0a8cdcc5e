"""An environment as a file: its draft as a document, and what no release has of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from math import inf
from typing import Any, TypeVar, get_args, get_type_hints

from jobs.document.error import DocumentError
from jobs.document.fields import (
    A_NAME,
    NAME,
    VARIABLE,
    Fields,
    items,
    number,
    shown,
    text,
    whole,
)
from jobs.document.read import PARTS, read
from jobs.document.read_service import A_VARIABLE, secret_ref
from jobs.document.types import Document, SecretRef
from jobs.document.write import Json, tree, without_empty
from platform_admin.rules.policy import PolicyFields, default_policy, row_of
from platform_admin.rules.schedules import CLOCK
from scaler.rules.windows import MIDNIGHT, Window

T = TypeVar("T")

MORE = ("variables", "secrets", "scaling")
WINDOW_FIELDS = ("name", "days", "first", "last", "start", "end", "least", "most")

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME = re.compile(r"([01]?[0-9]|2[0-3]):[0-5]?[0-9]")


@dataclass(frozen=True)
class ScalingDoc:
    """How many instances of a service may run, and the policy that decides it."""

    minimum: int
    maximum: int
    policy: PolicyFields


@dataclass(frozen=True)
class FileDoc:
    """The draft of an environment; each scope has its own variables and secrets.

    In `document` those of a service are only its own; `variables` and `secrets` are the
    environment's. A secret is named, its value stands in no file. `scaling` is by service.
    """

    document: Document
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, SecretRef] = field(default_factory=dict)
    scaling: Mapping[str, ScalingDoc] = field(default_factory=dict)


def write_file(file: FileDoc) -> Json:
    """The file as JSON values: a release's document and MORE; what is empty is left out.

    Of a policy only that stands there which is not its kind's default, as nothing where it is none.
    """
    whole = file_tree(file)
    scaling = whole.pop("scaling")
    return without_empty(whole) | ({"scaling": scaling} if scaling else {})


def file_tree(file: FileDoc) -> Json:
    """The file as JSON values with every field of a service, also the empty ones."""
    kinds = {service.name: service.kind for service in file.document.services}
    return {
        **tree(file.document),
        "scaling": {name: _scaling(one, kinds[name]) for name, one in sorted(file.scaling.items())},
        "secrets": {
            name: {"scope": ref.scope, "version": ref.version}
            for name, ref in sorted(file.secrets.items())
        },
        "variables": dict(sorted(file.variables.items())),
    }


def read_file(value: Any) -> FileDoc:
    """The file that these JSON values describe; DocumentError where they describe none.

    `scaling` may leave out any field: what is left out is its kind's default, bounds are 1.
    """
    body = Fields(value, "", (*PARTS, *MORE))
    document = read({key: item for key, item in body.values.items() if key in PARTS})
    variables = body.named("variables", VARIABLE, A_VARIABLE)
    secrets = body.named("secrets", VARIABLE, A_VARIABLE)
    return FileDoc(
        document=document,
        variables={name: text(one, f"variables.{name}") for name, one in variables.items()},
        secrets={name: secret_ref(one, f"secrets.{name}") for name, one in secrets.items()},
        scaling={
            name: _read_scaling(one, name, document)
            for name, one in body.named("scaling", NAME, A_NAME).items()
        },
    )


def _scaling(scaling: ScalingDoc, kind: str) -> Json:
    usual, policy = row_of(default_policy(kind)), row_of(scaling.policy)
    other = {name: policy[name] for name in sorted(policy) if policy[name] != usual[name]}
    return {"minimum": scaling.minimum, "maximum": scaling.maximum, **other}


def _read_scaling(value: Any, name: str, document: Document) -> ScalingDoc:
    path = f"scaling.{name}"
    service = document.service(name)
    if service is None:
        known = ", ".join(one.name for one in document.services) or "none, there are no services"
        raise DocumentError(path, f"no service of the name {name!r}", f"one of {known}")
    usual = default_policy(service.kind)
    body = Fields(value, path, ("minimum", "maximum", *_TYPES))
    given = {key: _typed(body, key) for key in body.values if key in _TYPES}
    return ScalingDoc(
        minimum=number(body.values.get("minimum", 1), body.at("minimum"), 0, 10**9),
        maximum=body.number("maximum", 1),
        policy=replace(usual, **given),
    )


def _typed(body: Fields, key: str) -> Any:
    """A field of a policy, if it is of its type."""
    if key == "windows":
        return tuple(_window(one) for one in body.each("windows", WINDOW_FIELDS))
    value, allowed = body.values[key], get_args(_TYPES[key]) or (_TYPES[key],)
    found = _number(value, float if float in allowed else int)
    if type(found) not in allowed or found in (inf, -inf) or found != found:
        expected = " or ".join(_WORDS[one] for one in allowed)
        raise DocumentError(body.at(key), shown(value), expected)
    return text(found, body.at(key)) if isinstance(found, str) else found


def _number(value: Any, kind: type[int] | type[float]) -> Any:
    """The value, as a number of that kind where it is one; infinite where it is too large."""
    if kind is int:
        return whole(value)
    try:
        return float(value) if type(value) is int else value
    except OverflowError:
        return inf


def _window(body: Fields) -> Window:
    return Window(
        name=body.optional_text("name") or "",
        days=tuple(
            number(day, f"{body.at('days')}.{i}", 0, 6)
            for i, day in enumerate(items(body.values.get("days", []), body.at("days")))
        ),
        first=_moment(body, "first", _date, "a date such as 2026-12-24"),
        last=_moment(body, "last", _date, "a date such as 2026-12-24"),
        start=_moment(body, "start", _clock, "a time such as 08:00") or MIDNIGHT,
        end=_moment(body, "end", _clock, "a time such as 18:30") or MIDNIGHT,
        least=body.optional_number("least", least=0),
        most=body.optional_number("most", least=0),
    )


def _date(found: str) -> date:
    """The date that YYYY-MM-DD says; ValueError where it says none, or in another way."""
    return date.fromisoformat(_whole_match(DATE, found))


def _clock(found: str) -> time:
    """The time that HH:MM says; ValueError where it says none, or more."""
    return datetime.strptime(_whole_match(TIME, found), CLOCK).time()  # noqa: DTZ007 - see zone


def _whole_match(pattern: re.Pattern[str], found: str) -> str:
    if not pattern.fullmatch(found):
        raise ValueError(found)
    return found


def _moment(body: Fields, key: str, parsed: Callable[[str], T], expected: str) -> T | None:
    found = body.optional_text(key)
    try:
        return None if found is None else parsed(found)
    except ValueError as error:
        raise DocumentError(body.at(key), repr(found), expected) from error


_TYPES = get_type_hints(PolicyFields)
_WORDS = {int: "a whole number", float: "a number", str: "a text", type(None): "nothing"}
