"""Reads a router's rule: Host, Path, PathPrefix and Header, joined by && and || and brackets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Head:
    """What rules look at. `host` without its port; header names in lower case."""

    host: str
    path: str
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


Rule = Callable[[Head], bool]


class BadRule(ValueError):
    """A rule that cannot be read; the text says what was found."""


def _host(name: str) -> Rule:
    return lambda head: head.host.lower().rstrip(".") == name.lower()


def _path(path: str) -> Rule:
    return lambda head: head.path == path


def _path_prefix(prefix: str) -> Rule:
    return lambda head: head.path.startswith(prefix)


def _header(name: str, value: str) -> Rule:
    return lambda head: value in head.headers.get(name.lower(), ())


MATCHERS: Mapping[str, tuple[int, Callable[..., Rule]]] = {
    "Host": (1, _host),
    "Path": (1, _path),
    "PathPrefix": (1, _path_prefix),
    "Header": (2, _header),
}
_TOKEN = re.compile(r"\s*(&&|\|\||\(|\)|(\w+)\(\s*(`[^`]*`(?:\s*,\s*`[^`]*`)*)\s*\)|$)")


def parse(text: str) -> Rule:
    """The rule as a function of a request's head; raises BadRule. && binds closer than ||."""
    tokens = _tokens(text)
    rule = _either(tokens)
    if tokens != [""]:
        raise BadRule(f"unexpected {tokens[0] or 'end'!r} in rule {text!r}")
    return rule


def _tokens(text: str) -> list[str | Rule]:
    found: list[str | Rule] = []
    position = 0
    while not found or found[-1] != "":
        token = _TOKEN.match(text, position)
        if token is None:
            raise BadRule(f"cannot read {text[position:]!r} in rule {text!r}")
        found.append(
            _matcher(token[2], re.findall("`([^`]*)`", token[3])) if token[2] else token[1]
        )
        position = token.end()
    return found


def _matcher(name: str, given: list[str]) -> Rule:
    wanted, make = MATCHERS.get(name, (-1, _host))
    if wanted != len(given):
        raise BadRule(f"{name} with {len(given)} values is not a matcher of the local cluster")
    return make(*given)


def _either(tokens: list[str | Rule]) -> Rule:
    parts = [_both(tokens)]
    while tokens[0] == "||":
        tokens.pop(0)
        parts.append(_both(tokens))
    return lambda head: any(part(head) for part in parts)


def _both(tokens: list[str | Rule]) -> Rule:
    parts = [_one(tokens)]
    while tokens[0] == "&&":
        tokens.pop(0)
        parts.append(_one(tokens))
    return lambda head: all(part(head) for part in parts)


def _one(tokens: list[str | Rule]) -> Rule:
    first = tokens.pop(0)
    if not isinstance(first, str):
        return first
    if first != "(":
        raise BadRule(f"a matcher is missing before {first or 'the end'!r}")
    inner = _either(tokens)
    if tokens.pop(0) != ")":
        raise BadRule("a bracket is not closed")
    return inner
