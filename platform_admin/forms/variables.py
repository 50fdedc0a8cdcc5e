"""The rows of plain variables, and the form of one secret."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django import forms
from django.http import QueryDict

from platform_admin.models import Variable

EMPTY_ROWS = 2
TWICE = "This name stands twice: keep one of them."


@dataclass(frozen=True)
class VariableRow:
    """One plain variable as typed."""

    name: str = ""
    value: str = ""
    errors: tuple[str, ...] = ()


def typed(data: QueryDict) -> list[VariableRow]:
    """The rows that were typed; those without name and value are not there."""
    pairs = zip(data.getlist("name"), data.getlist("value"), strict=False)
    rows = [VariableRow(name.strip(), value.replace("\r\n", "\n")) for name, value in pairs]
    return [row for row in rows if row.name or row.value]


def stored(variables: Iterable[Variable]) -> list[VariableRow]:
    """The rows of the draft's plain variables."""
    return [VariableRow(variable.name, variable.value) for variable in variables]


def with_spare(rows: Sequence[VariableRow]) -> list[VariableRow]:
    """The rows and some empty ones to type into."""
    return [*rows, *(VariableRow() for _ in range(EMPTY_ROWS))]


def twice(rows: Sequence[VariableRow]) -> list[VariableRow]:
    """The rows, each that repeats an earlier name with an error."""
    seen: set[str] = set()
    checked = []
    for row in rows:
        checked.append(replace(row, errors=(TWICE,)) if row.name in seen else row)
        seen.add(row.name)
    return checked


def blamed(
    rows: Sequence[VariableRow], errors: Mapping[str, Sequence[str]]
) -> tuple[list[VariableRow], list[str]]:
    """The rows with the errors `variables.<name>` at them, and the sentences that name no row.

    The name of a variable that has no row goes before its sentences.
    """
    names = {f"variables.{row.name}" for row in rows}
    others = [
        f"{of}: {said}" if of else said
        for name, several in errors.items()
        if name not in names
        for of in [name.partition(".")[2]]
        for said in several
    ]
    at = [replace(row, errors=tuple(errors.get(f"variables.{row.name}", ()))) for row in rows]
    return at, others


class SecretForm(forms.Form):
    """A secret's name and new value; the value is never shown again, not even after an error."""

    name = forms.CharField(
        label="Name",
        required=False,
        widget=forms.TextInput(
            attrs={"class": "code-input", "spellcheck": "false", "autocomplete": "off"}
        ),
    )
    value = forms.CharField(
        label="Value",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
