"""What lists and pages show of a row, more readable than the bare value."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from platform_admin.models import Deployment
from platform_admin.rules import state
from platform_admin.templatetags.muster import ago

Column = Callable[[Any], Any]

_BLOCK = (
    "max-height:40rem; overflow:auto; white-space:pre; tab-size:2;"
    " font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace"
)
_LOOKS = {
    "succeeded": state.HEALTHY,
    "done": state.HEALTHY,
    "failed": state.FAILED,
    "cancelled": state.OFF,
    "skipped": state.OFF,
    "queued": state.OFF,
}


def when(field: str, title: str) -> Column:
    """A column of a moment: its age, the exact time on hover; sorted by the moment."""

    @admin.display(description=title, ordering=field)
    def column(row: Any) -> SafeString | str:
        return ago(getattr(row, field), "")

    column.__name__ = f"{field}_ago"
    return column


def deployment_state(deployment: Deployment) -> str:
    """The state with its shape."""
    return with_shape(deployment.state, deployment.get_state_display())


def with_shape(value: str, word: str) -> str:
    """The word behind the shape that it has everywhere; what moves is half full."""
    return f"{_LOOKS.get(value, state.STARTING).shape} {word}"


def text_block(text: str) -> SafeString | str:
    """Several lines as they are, in a box that scrolls."""
    if not text:
        return ""
    return format_html(
        '<pre tabindex="0" class="bg-base-50 border border-base-200 rounded-default p-3 text-xs'
        ' dark:bg-base-800 dark:border-base-700" style="{}">{}</pre>',
        _BLOCK,
        text,
    )


def json_block(value: object) -> SafeString | str:
    """A document as indented JSON, in a box that scrolls; "" for none."""
    if value is None:
        return ""
    return text_block(json.dumps(value, indent=2, ensure_ascii=False))
