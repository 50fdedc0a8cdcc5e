"""The rows of a service's constraints: an attribute of nodes, how it is compared, a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

EMPTY_ROWS = 1
PARTS = ("attribute", "operator", "value")


@dataclass(frozen=True)
class ConstraintRow:
    """One row as typed; a spare one has neither attribute nor value."""

    attribute: str = ""
    operator: str = "="
    value: str = ""
    errors: tuple[str, ...] = ()

    @property
    def used(self) -> bool:
        return bool(self.attribute or self.value)

    def fields(self) -> dict[str, str]:
        """The row for the verb."""
        return {"attribute": self.attribute, "operator": self.operator, "value": self.value}


def typed(data: QueryDict) -> list[ConstraintRow]:
    """The rows that were typed; those left empty are not there. `${...}` is taken off."""
    parts = (data.getlist(f"constraint_{part}") for part in PARTS)
    rows = [ConstraintRow(_bare(a.strip()), o, v.strip()) for a, o, v in zip(*parts, strict=False)]
    return [row for row in rows if row.used]


def stored(constraints: Iterable[Mapping[str, str]]) -> list[ConstraintRow]:
    """The rows of a service's constraints in the draft."""
    return [ConstraintRow(one["attribute"], one["operator"], one["value"]) for one in constraints]


def with_spare(rows: Sequence[ConstraintRow]) -> list[ConstraintRow]:
    """The rows and an empty one to type into."""
    return [*rows, *(ConstraintRow() for _ in range(EMPTY_ROWS))]


def blamed(
    rows: Sequence[ConstraintRow], errors: Mapping[str, Sequence[str]]
) -> tuple[list[ConstraintRow], dict[str, list[str]]]:
    """The rows with the errors `constraints.<index>` at them, and the errors of other fields."""
    at: list[tuple[str, ...]] = [row.errors for row in rows]
    others: dict[str, list[str]] = {}
    for name, sentences in errors.items():
        first, _, index = name.partition(".")
        if first == "constraints" and index.isdigit() and int(index) < len(rows):
            at[int(index)] = tuple(dict.fromkeys((*at[int(index)], *sentences)))
        else:
            others[name] = list(sentences)
    return [replace(row, errors=found) for row, found in zip(rows, at, strict=True)], others


def _bare(attribute: str) -> str:
    return attribute.removeprefix("${").removesuffix("}")
