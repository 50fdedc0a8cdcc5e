"""A verb's errors at the fields of a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django import forms

Renamed = Mapping[str, str]


def show(
    form: forms.Form, errors: Mapping[str, Sequence[str]], *, renamed: Renamed | None = None
) -> None:
    """Puts each sentence at its field; what names no field of the form goes on top."""
    for name, sentences in errors.items():
        field = (renamed or {}).get(name, name)
        # A field that already has an error is not blamed for what follows from it.
        if field in form.errors:
            continue
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, sentence)
