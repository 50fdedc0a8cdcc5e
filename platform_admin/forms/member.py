"""A person and the role that they get in a team."""

from __future__ import annotations

from django import forms

from platform_admin.models import Membership


class MemberForm(forms.Form):
    """A user's name and a role."""

    user = forms.CharField(
        label="User name",
        error_messages={"required": "Type the name with which the person signs in."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(
        label="Role", choices=Membership.Role.choices, initial=Membership.Role.DEVELOPER
    )
