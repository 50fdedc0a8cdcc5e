"""The form at the door."""

from __future__ import annotations

from django.contrib.auth.forms import AuthenticationForm

REFUSED = (
    "This name and this password do not go together. Check both, capitals too, and try again; an"
    " operator can set a new password."
)


class SignInForm(AuthenticationForm):
    """Django's, in our words: the same whether the name, the password or both are unknown."""

    error_messages = {"invalid_login": REFUSED, "inactive": REFUSED}
