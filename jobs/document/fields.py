"""Reads typed values out of JSON, and names the path of what it cannot take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from jobs.document.error import DocumentError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

NAME = re.compile(r"[a-z][a-z0-9]{0,14}")
APP = re.compile(r"(?!.*--)[a-z]([a-z0-9-]{0,22}[a-z0-9])?")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
A_NAME = "a lower case letter, then at most 14 lower case letters or digits"
DATABASE = re.compile(r"[a-z][a-z0-9_]{0,30}")
A_DATABASE = "a lower case letter, then at most 30 lower case letters, digits or underscores"
SHA256 = re.compile(r"[0-9a-f]{64}")

_KINDS_OF_VALUE = {dict: "an object", list: "a list", str: "a text", type(None): "nothing"}


class Fields:
    """The fields of one object of a document; `path` is where it stands in it."""

    def __init__(self, value: Any, path: str, known: Iterable[str]) -> None:
        self.values = mapping(value, path)
        self.path = path
        names = sorted(known)
        for key in self.values:
            if key not in names:
                raise DocumentError(self.at(key), "an unknown field", "one of " + ", ".join(names))

    def at(self, key: str) -> str:
        """The path of a field of this object."""
        return f"{self.path}.{key}" if self.path else key

    def text(self, key: str) -> str:
        """A text that must be there."""
        return text(self.values.get(key), self.at(key))

    def optional_text(self, key: str) -> str | None:
        """A text, or None where there is none."""
        return None if self.values.get(key) is None else self.text(key)

    def text_or(self, key: str, default: str) -> str:
        """A text, or the default where the field is not there at all."""
        return self.text(key) if key in self.values else default

    def matching(self, key: str, pattern: re.Pattern[str], expected: str) -> str:
        """A text that must be there and fit the pattern as a whole."""
        found = self.text(key)
        if not pattern.fullmatch(found):
            raise DocumentError(self.at(key), repr(found), expected)
        return found

    def choice(self, key: str, choices: Iterable[str]) -> str:
        """One of the texts that are allowed."""
        found, allowed = self.text(key), tuple(choices)
        if found not in allowed:
            raise DocumentError(self.at(key), repr(found), "one of " + ", ".join(allowed))
        return found

    def optional_choice(self, key: str, choices: Iterable[str]) -> str | None:
        """One of the texts that are allowed, or None where there is none."""
        return None if self.values.get(key) is None else self.choice(key, choices)

    def number(self, key: str, default: int | None = None, *, largest: int = 10**9) -> int:
        """A whole number from 1 to `largest`."""
        return number(self.values.get(key, default), self.at(key), 1, largest)

    def optional_number(self, key: str, *, least: int = 1, largest: int = 10**9) -> int | None:
        """A whole number from `least` to `largest`, or None where there is none."""
        found = self.values.get(key)
        return None if found is None else number(found, self.at(key), least, largest)

    def each(self, key: str, known: Iterable[str]) -> list[Fields]:
        """The objects of a list, each with its fields; empty where there is none."""
        found = items(self.values.get(key, []), self.at(key))
        return [Fields(one, f"{self.at(key)}.{i}", known) for i, one in enumerate(found)]

    def flag(self, key: str) -> bool:
        """True or false; false where there is none."""
        found = self.values.get(key, False)
        if not isinstance(found, bool):
            raise DocumentError(self.at(key), shown(found), "true or false")
        return found

    def words(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where there is none."""
        found = items(self.values.get(key, []), self.at(key))
        return tuple(text(word, f"{self.at(key)}.{i}") for i, word in enumerate(found))

    def named(self, key: str, pattern: re.Pattern[str], expected: str) -> Mapping[str, Any]:
        """An object whose keys fit the pattern; empty where there is none."""
        found = mapping(self.values.get(key, {}), self.at(key))
        for name in found:
            if not pattern.fullmatch(name):
                raise DocumentError(f"{self.at(key)}.{name}", f"the name {name!r}", expected)
        return found


def names_of(noun: type[DataclassInstance]) -> tuple[str, ...]:
    """The fields that stand in the object; the name is the object's key."""
    return tuple(field.name for field in fields(noun) if field.name != "name")


def mapping(value: Any, path: str) -> Mapping[str, Any]:
    """The value, if it is an object with texts as keys."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise DocumentError(path, shown(value), "an object")
    return value


def items(value: Any, path: str) -> list[Any]:
    """The value, if it is a list."""
    if not isinstance(value, list):
        raise DocumentError(path, shown(value), "a list")
    return value


def text(value: Any, path: str) -> str:
    """The value, if it is a text that an environment variable and Postgres can hold."""
    if not isinstance(value, str):
        raise DocumentError(path, shown(value), "a text")
    if "\0" in value:
        raise DocumentError(path, "a zero byte", "a text without one")
    if not _is_unicode(value):
        raise DocumentError(path, "half of a character", "a text in UTF-8")
    return value


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def number(value: Any, path: str, least: int, largest: int) -> int:
    """The value, if it is a whole number from `least` to `largest`."""
    found = whole(value)
    if isinstance(found, bool) or not isinstance(found, int) or not least <= found <= largest:
        raise DocumentError(path, shown(value), f"a whole number from {least} to {largest}")
    return found


def whole(value: Any) -> Any:
    """The value, as an int where it is a whole number: to JSON 5 and 5.0 are the same."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def shown(value: Any) -> str:
    """The value as an error message calls it; long things by their kind only."""
    return _KINDS_OF_VALUE.get(type(value)) or repr(value)
