from __future__ import annotations

from django import forms


class DeletionForm(forms.Form):
    """The name, typed to say that it is meant."""

    name = forms.CharField(
        label="Its name",
        required=False,
        strip=True,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        ),
    )
