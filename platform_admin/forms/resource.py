"""The forms of resources."""

from __future__ import annotations

from django import forms

from platform_admin.forms.numbers import WholeNumber
from platform_admin.models import Resource


class ResourceSizeForm(forms.Form):
    """How large a resource is."""

    cpu_mhz = WholeNumber(label="CPU", initial=100)
    memory_mb = WholeNumber(label="Memory", initial=64)


class ResourceForm(ResourceSizeForm):
    """A new resource."""

    kind = forms.ChoiceField(
        label="Kind", choices=Resource.Kind.choices, initial=Resource.Kind.REDIS
    )
    name = forms.CharField(
        label="Name",
        required=False,
        help_text="Lower-case letters and digits, at most 15. Links and addresses name it.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "store"}
        ),
    )
    field_order = ("kind", "name", "cpu_mhz", "memory_mb")
