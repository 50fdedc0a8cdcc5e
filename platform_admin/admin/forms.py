"""Forms that parse, and leave it to a verb to say whether that can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Model
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from platform_admin.forms.errors import show, show_stale
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid, VerbError
from platform_admin.verbs.stale import Stale

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

UNITS = {
    "cpu_mhz": "CPU (MHz)",
    "memory_mb": "Memory (MB)",
    "surge_percent": "Surge (%)",
    "start_limit_s": "Start-up limit (s)",
    "kill_timeout_s": "Time to finish (s)",
    "check_interval_s": "Check every (s)",
    "check_timeout_s": "Check answers within (s)",
    "memory_max_mb": "Memory to borrow (MB)",
    "disk_mb": "Disk (MB)",
    "drain_s": "Drain (s)",
    "kill_signal": "Signal to end",
    "spread": "Spread over",
}


class VerbForm(ModelForm):
    """A form whose `call` calls a verb; `renamed` says which field of ours a verb's field is."""

    refused: VerbError | None = None
    renamed: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            leave_to_rules(field)
            field.label = UNITS.get(name, field.label)

    def call(self, actor: Actor) -> Model:
        """The row that the verb made or changed."""
        raise NotImplementedError

    def names(self) -> dict[str, str]:
        """Which field of this form a verb's field is."""
        return self.renamed

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        blame(self, self.refused, self.names())
        return found

    def _post_clean(self) -> None:
        """Nothing: the row is not touched here, and rules say more than constraints."""


def blame(form: forms.Form | ModelForm, refused: VerbError | None, renamed: dict[str, str]) -> None:
    """Puts what a verb said at its fields, or on top."""
    if isinstance(refused, Stale):
        show_stale(form, refused, renamed=renamed)  # type: ignore[arg-type]
    elif isinstance(refused, Invalid):
        show(form, refused.errors, renamed=renamed)  # type: ignore[arg-type]
    elif refused is not None:
        form.add_error(None, str(refused))


def leave_to_rules(field: forms.Field) -> None:
    """Takes away the field's limits: the rules have them, and say what to do."""
    field.validators = [
        each for each in field.validators if isinstance(each, ProhibitNullCharactersValidator)
    ]
    for limit in ("maxlength", "minlength", "max", "min"):
        field.widget.attrs.pop(limit, None)


def text(label: str, help_text: str = "", **more: Any) -> forms.CharField:
    """A line of text."""
    return forms.CharField(
        label=label, help_text=help_text, widget=UnfoldAdminTextInputWidget, **more
    )


def lines(label: str, help_text: str = "") -> forms.CharField:
    """Text of several lines, kept as it is; may be empty."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget,
    )


def number(label: str, initial: int | None = None, help_text: str = "") -> forms.IntegerField:
    """A whole number."""
    return forms.IntegerField(
        label=label, initial=initial, help_text=help_text, widget=UnfoldAdminIntegerFieldWidget
    )


def hidden_text(label: str, help_text: str = "") -> forms.CharField:
    """A password or secret: never shown again, not even after an error."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )
