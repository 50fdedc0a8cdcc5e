"""The rows of plain variables, typed or pasted, and the form of one secret."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django import forms
from django.http import QueryDict

from platform_admin.models import Variable
from platform_admin.rules.generated import Shape
from platform_admin.rules.pasted import Line

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


def with_pasted(rows: Sequence[VariableRow], lines: Sequence[Line]) -> list[VariableRow]:
    """The rows with the values of the lines, each in the place of the row of its name."""
    pasted = {line.name: line.value for line in lines}
    kept = [replace(row, value=pasted.pop(row.name, row.value), errors=()) for row in rows]
    return [*kept, *(VariableRow(name, value) for name, value in pasted.items())]


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
    length = forms.IntegerField(label="Characters", required=False, initial=Shape().length)
    alphabet = forms.ChoiceField(
        label="Of",
        required=False,
        initial=Shape().alphabet,
        choices=[
            ("url", "letters, digits, - and _"),
            ("letters", "letters and digits"),
            ("hex", "0 to 9 and a to f"),
        ],
    )

    def wanted(self) -> str | Shape:
        """The value that was typed, or the shape of the one that is to be generated."""
        given = self.cleaned_data
        if "generate" not in self.data:
            return given.get("value") or ""
        usual = Shape()
        return Shape(given.get("length") or usual.length, given.get("alphabet") or usual.alphabet)
