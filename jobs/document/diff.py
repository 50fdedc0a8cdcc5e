"""What differs between two documents, as single changes with their paths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jobs.document.types import Document, ServiceDoc
from jobs.document.write import Json, tree, without_empty


@dataclass(frozen=True)
class Change:
    """One value that differs, as JSON; None where there was or is none."""

    path: str
    before: Any
    after: Any


def diff(old: Document | None, new: Document) -> tuple[Change, ...]:
    """The changes from `old` (None: nothing was released) to `new`, in the order of paths.

    A service that came or went is one change with all its fields.
    """
    if old is None:
        parts = ("domains", "resources", "services")
        after = tree(new)
        return tuple(_changes({part: {} for part in parts}, {part: after[part] for part in parts}))
    return trees(tree(old), tree(new))


def trees(before: Json, after: Json) -> tuple[Change, ...]:
    """The changes between two documents or files as JSON values, in the order of paths."""
    return tuple(_changes(before, after))


def changed(old: ServiceDoc | None, new: ServiceDoc) -> bool:
    """Whether a service has to be deployed to become what `new` says."""
    return old != new


def _changes(before: Json, after: Json, above: str = "") -> Iterator[Change]:
    for key in sorted({*before, *after}):
        was, now = before.get(key), after.get(key)
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _changes(was, now, f"{above}{key}.")
        elif was != now:
            yield Change(f"{above}{key}", _shown(was), _shown(now))


def _shown(value: Any) -> Any:
    """A value without its empty fields, where it is a whole object."""
    return without_empty(value) if isinstance(value, dict) else value
