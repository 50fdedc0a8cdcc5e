"""The same policies in other places, or more than once."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from scaler.rules.arrays import Ints

T = TypeVar("T")


def taken(columns: T, places: Ints) -> T:
    """The rows at these places (m,) of arrays (n, ...), however deep in dataclasses."""
    found: dict[str, Any] = {}
    for each in fields(columns):  # type: ignore[arg-type]
        value = getattr(columns, each.name)
        found[each.name] = taken(value, places) if is_dataclass(value) else value[places]
    made: T = replace(columns, **found)  # type: ignore[type-var]
    return made
