"""Lines of KEY=value, as files called .env have them, read into names and values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from platform_admin.rules.names import variable_name_error
from platform_admin.rules.variables import value_error


@dataclass(frozen=True)
class Line:
    """A name with its value, and the number of the line that it begins on, from 1."""

    number: int
    name: str
    value: str


@dataclass(frozen=True)
class Wrong:
    """What is wrong with the line of this number; a value never stands in it."""

    number: int
    said: str


@dataclass(frozen=True)
class Pasted:
    """What could be read, and what could not."""

    lines: tuple[Line, ...]
    wrong: tuple[Wrong, ...]


def read_pasted(text: str) -> Pasted:
    """The names and values of the text; each line that says something else is wrong.

    `export` is passed over, as are empty lines and comments: lines that begin with #, and what
    follows a # with a space before it outside of quotes. A value in quotes may go over several
    lines; in double ones a backslash before n, r, t or a quote means what it means in JSON.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    found = list(_statements(text.split("\n")))
    lines = tuple(each for each in found if isinstance(each, Line))
    wrong = [each for each in found if isinstance(each, Wrong)]
    return Pasted(lines, tuple(sorted([*wrong, *_twice(lines)], key=lambda each: each.number)))


_ASSIGNED = re.compile(r"\s*(?:export\s+)?(?P<name>[^=\s]*)\s*=\s*(?P<value>.*)", re.DOTALL)
_QUOTED = {
    '"': re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"(?P<rest>[^\n]*)', re.DOTALL),
    "'": re.compile(r"'(?P<text>[^']*)'(?P<rest>[^\n]*)", re.DOTALL),
}
_REST = re.compile(r"\s*(?:#.*)?")
_COMMENT = re.compile(r"(?:^|\s+)#.*", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MEANT = {"n": "\n", "r": "\r", "t": "\t"}
_KEPT = '"\\$`\n'


def _statements(lines: Sequence[str]) -> Iterator[Line | Wrong]:
    at = 0
    while at < len(lines):
        number, first = at + 1, lines[at]
        at += 1
        if not first.strip() or first.lstrip().startswith("#"):
            continue
        assigned = _ASSIGNED.fullmatch(first)
        if assigned is None:
            yield Wrong(number, "There is no = in it: write NAME=value.")
            continue
        quoted = _QUOTED.get(assigned["value"][:1])
        if quoted is None:
            yield _line(number, assigned["name"], _COMMENT.sub("", assigned["value"]).rstrip())
            continue
        match = quoted.match("\n".join([assigned["value"], *lines[at:]]))
        if match is None:
            yield Wrong(number, f"The quote {assigned['value'][0]} is never closed: close it.")
            continue
        at += match["text"].count("\n")
        if not _REST.fullmatch(match["rest"]):
            yield Wrong(number, "Something follows the closing quote: take it out, or quote it.")
            continue
        yield _line(number, assigned["name"], _text(assigned["value"][0], match["text"]))


def _line(number: int, name: str, value: str) -> Line | Wrong:
    said = variable_name_error(name) or value_error(value)
    return Wrong(number, said) if said else Line(number, name, value)


def _text(quote: str, text: str) -> str:
    return _ESCAPED.sub(_unescaped, text) if quote == '"' else text


def _unescaped(match: re.Match[str]) -> str:
    """What a backslash and a character mean; those that mean nothing stay as they are."""
    letter = match[1]
    return _MEANT.get(letter) or (letter if letter in _KEPT else match[0])


def _twice(lines: Sequence[Line]) -> Iterator[Wrong]:
    first: dict[str, int] = {}
    for each in lines:
        if each.name in first:
            said = f"{each.name} stands on line {first[each.name]} already: keep one of them."
            yield Wrong(each.number, said)
        first.setdefault(each.name, each.number)
