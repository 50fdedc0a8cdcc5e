"""A verb's errors at the fields of a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django import forms

from platform_admin.forms.seen import as_seen
from platform_admin.verbs.stale import Stale

Renamed = Mapping[str, str]


MEANWHILE = (
    "Nothing was saved: somebody else changed this while you had it open. What you typed still"
    " stands here; save again to put it in the place of theirs."
)


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


def show_stale(form: forms.Form, error: Stale, *, renamed: Renamed | None = None) -> None:
    """Says what somebody else changed, and the form can be sent again.

    It counts as seen, and nothing else does: another verb may have more to tell.
    """
    show(form, error.errors, renamed=renamed)
    form.add_error(None, MEANWHILE)
    form.data = {
        **dict(form.data.items()),
        "seen": as_seen({**form.cleaned_data["seen"], **error.now}),
    }
