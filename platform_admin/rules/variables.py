from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from platform_admin.rules.fields import Errors, Found, collected
from platform_admin.rules.names import variable_name_error

LARGEST_BYTES = 64 * 1024
"""What Nomad's Variable holds, keys and values together."""
SUFFIXES_BYTES = 1024
"""Room that is kept for what stands behind the names of a cron's values."""

_REFERENCE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def variable_errors(
    values: Mapping[str, str],
    *,
    links: Collection[str],
    secrets: Collection[str],
    merged: Iterable[Mapping[str, str]] = (),
) -> Errors:
    """What is wrong with plain variables, sentences by `variables.<name>`.

    `links` and `secrets` are names that the same scope already uses; `merged` are the whole
    sets of values in which these will stand, for circles that go through another scope.
    """
    circles = set().union(*(circular(whole) for whole in (values, *merged)))
    return collected(
        (f"variables.{name}", sentence)
        for name, value in values.items()
        for sentence in _sentences(name, value, links, secrets, circles)
    )


def circular(values: Mapping[str, str]) -> set[str]:
    """The names whose value refers to itself, by itself or through the other values."""
    direct = {name: _references(value) & values.keys() for name, value in values.items()}
    return {name for name in values if name in _reached(name, direct)}


def value_error(value: str) -> str | None:
    """What is wrong with a value, as a sentence; None if nothing is."""
    if "\0" in value:
        return "The value has a zero byte, which no environment variable can hold: take it out."
    try:
        value.encode()
    except UnicodeEncodeError:
        return "The value is no text in UTF-8: type it again, or give it as base64."
    return None


def room_error(used_bytes: int, *, twice: bool = False) -> str | None:
    """By how much a service's variables, secrets and links do not fit; None where they fit.

    `twice`: of a cron, whose one job holds those of its live and of its next release.
    """
    holds = LARGEST_BYTES // 2 - SUFFIXES_BYTES if twice else LARGEST_BYTES
    if used_bytes <= holds:
        return None
    of = "each of two releases of a cron" if twice else "a service"
    return (
        f"Names and values of {of} take {used_bytes} bytes together, and Nomad holds"
        f" {holds}: shorten them by {used_bytes - holds} bytes."
    )


def all_bytes(values: Mapping[str, str]) -> int:
    """How many bytes of the room these take together."""
    return sum(len(name.encode()) + len(value.encode()) for name, value in values.items())


def name_found(name: str, links: Collection[str], others: Collection[str], what: str) -> Found:
    """What is wrong with a new name beside those of links and of `others`, called `what`."""
    yield "name", variable_name_error(name)
    if name in links:
        yield "name", f"A link is called {name} too: rename one of them."
    if name in others:
        yield "name", f"{name} is already {what}: remove that first, or choose another name."


def _sentences(
    name: str,
    value: str,
    links: Collection[str],
    secrets: Collection[str],
    circles: Collection[str],
) -> Iterable[str | None]:
    yield from (sentence for _, sentence in name_found(name, links, secrets, "a secret"))
    yield value_error(value)
    if name in circles:
        yield f"The value refers to ${{{name}}} itself: write the value out instead."


def _references(value: str) -> set[str]:
    return {braced or plain for braced, plain in _REFERENCE.findall(value)}


def _reached(start: str, direct: Mapping[str, set[str]]) -> set[str]:
    """All names that can be reached from `start` by one step or more."""
    found: set[str] = set()
    todo = list(direct[start])
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(direct[name])
    return found
