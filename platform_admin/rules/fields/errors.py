"""Errors as sentences by field."""

from __future__ import annotations

from collections.abc import Collection, Iterable

Errors = dict[str, list[str]]
Found = Iterable[tuple[str, str | None]]


def collected(found: Found) -> Errors:
    """The sentences by field, in their order; None is nothing wrong."""
    errors: Errors = {}
    for name, sentence in found:
        if sentence is not None:
            errors.setdefault(name, []).append(sentence)
    return errors


def between(found: int, low: int, high: int, unit: str = "") -> str | None:
    """What is wrong with a number that has to be from `low` to `high`."""
    if low <= found <= high:
        return None
    return f"{found}{unit} is out of range: use a number from {low} to {high}{unit}."


def either(words: Collection[str]) -> str:
    """The words as a choice: "web, private or worker"."""
    *first, last = words
    return f"{', '.join(first)} or {last}"
