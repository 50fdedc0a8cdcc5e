"""How many instances a person wants."""

from __future__ import annotations

from django import forms

from platform_admin.forms.numbers import WholeNumber


class ScaleForm(forms.Form):
    """The count, and why."""

    count = WholeNumber(label="Instances")
    reason = forms.CharField(
        label="Why",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "for the record, optional"}),
    )
