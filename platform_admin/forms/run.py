"""The command that a person runs once in a service's environment."""

from __future__ import annotations

from django import forms

from platform_admin.forms.numbers import WholeNumber
from platform_admin.rules.runs import DEFAULT_LIMIT_S

_CODE = {"class": "code-input", "spellcheck": "false", "autocomplete": "off"}


class RunForm(forms.Form):
    """Parses what was typed; `platform_admin.rules.runs` says whether it can be."""

    command = forms.CharField(
        label="Command",
        required=False,
        help_text="One line; no shell stands between. It gets the program, the variables and the"
        " links of what is live.",
        widget=forms.TextInput(attrs=_CODE | {"placeholder": "python3 manage.py check"}),
    )
    limit_s = WholeNumber(
        label="Time limit", initial=DEFAULT_LIMIT_S, help_text="In seconds. Then it is ended."
    )
