"""What a form showed when it was opened, sent along so that saving can tell who was faster."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms


class SeenField(forms.CharField):
    """Values by name, hidden in the form; an empty or broken one was not looked at: None."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput)

    def to_python(self, value: Any) -> Any:
        """The values as they were shown, None where that is not known."""
        try:
            found = json.loads(value or "null")
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


def as_seen(values: Mapping[str, object]) -> str:
    """The values as the hidden field carries them."""
    return json.dumps(values, separators=(",", ":"))
