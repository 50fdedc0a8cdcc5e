"""Reads typed values out of JSON, and names the path of what it cannot take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from jobs.document.error import DocumentError

NAME = re.compile(r"[a-z][a-z0-9]{0,14}")
APP = re.compile(r"(?!.*--)[a-z]([a-z0-9-]{0,22}[a-z0-9])?")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
DATABASE = re.compile(r"[a-z][a-z0-9_]{0,30}")
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

    def number(self, key: str, default: int | None = None, *, largest: int = 10**9) -> int:
        """A whole number from 1 to `largest`."""
        found = self.values.get(key, default)
        if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= largest:
            raise DocumentError(self.at(key), shown(found), f"a whole number from 1 to {largest}")
        return found

    def optional_number(self, key: str) -> int | None:
        """A whole number from 1 on, or None where there is none."""
        return None if self.values.get(key) is None else self.number(key)

    def flag(self, key: str) -> bool:
        """True or false; false where there is none."""
        found = self.values.get(key, False)
        if not isinstance(found, bool):
            raise DocumentError(self.at(key), shown(found), "true or false")
        return found

    def words(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where there is none."""
        found = self.values.get(key, [])
        if not isinstance(found, list):
            raise DocumentError(self.at(key), shown(found), "a list of texts")
        return tuple(text(word, f"{self.at(key)}.{i}") for i, word in enumerate(found))

    def named(self, key: str, pattern: re.Pattern[str], expected: str) -> Mapping[str, Any]:
        """An object whose keys fit the pattern; empty where there is none."""
        found = mapping(self.values.get(key, {}), self.at(key))
        for name in found:
            if not pattern.fullmatch(name):
                raise DocumentError(f"{self.at(key)}.{name}", f"the name {name!r}", expected)
        return found


def mapping(value: Any, path: str) -> Mapping[str, Any]:
    """The value, if it is an object with texts as keys."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise DocumentError(path, shown(value), "an object")
    return value


def text(value: Any, path: str) -> str:
    """The value, if it is a text that an environment variable and Postgres can hold."""
    if not isinstance(value, str):
        raise DocumentError(path, shown(value), "a text")
    if "\0" in value:
        raise DocumentError(path, "a zero byte", "a text without one")
    return value


def shown(value: Any) -> str:
    """The value as an error message calls it; long things by their kind only."""
    return _KINDS_OF_VALUE.get(type(value)) or repr(value)
