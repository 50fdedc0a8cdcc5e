"""What templates say in one word: a state with its shape, an age, JSON as it is sent."""

from __future__ import annotations

import json
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from platform_admin.pages.words import age, duration, size

register = template.Library()

SHAPES: dict[str, str] = {
    "healthy": '<circle cx="6" cy="6" r="5" stroke="none"/>',
    "starting": '<circle cx="6" cy="6" r="4.5" fill="none"/><path d="M6 1.5a4.5 4.5 0 0 1 0 9z"/>',
    "degraded": '<path d="M6 1 11.4 11H.6z" stroke="none"/>',
    "failed": '<rect x="1" y="1" width="10" height="10" stroke="none"/>',
    "off": '<circle cx="6" cy="6" r="4.5" fill="none"/>',
    "changed": '<path d="M6 .9 11.1 6 6 11.1.9 6z" fill="none"/>',
}
# What deployments and their steps are called, in the six shapes that stand everywhere.
_LOOKS: dict[str, str] = {
    "done": "healthy",
    "succeeded": "healthy",
    "passing": "healthy",
    "running": "starting",
    "draining": "starting",
    "waiting": "starting",
    "cancelled": "off",
    "skipped": "off",
    "ended": "off",
    "asleep": "off",
    "suspended": "off",
    "draft": "changed",
}


@register.simple_tag
def state(look: str, word: str = "", *, quiet: bool = False) -> SafeString:
    """A state as a shape and a word; `quiet` leaves the word to screen readers."""
    known = _known(look)
    return format_html(
        '<span class="state {}">'
        '<svg width="11" height="11" viewBox="0 0 12 12" aria-hidden="true">{}</svg>'
        "<span{}>{}</span></span>",
        known,
        mark_safe(SHAPES[known]),  # noqa: S308 - a constant of this file
        mark_safe(' class="unseen"') if quiet else "",
        word or look,
    )


@register.simple_tag
def mark(look: str, x: float = 10, y: float = 11) -> SafeString:
    """A state's shape alone, inside of a drawing that says its word elsewhere."""
    known = _known(look)
    return format_html(
        '<svg class="state {}" x="{}" y="{}" width="11" height="11" viewBox="0 0 12 12">{}</svg>',
        known,
        x,
        y,
        mark_safe(SHAPES[known]),  # noqa: S308 - a constant of this file
    )


def _known(look: str) -> str:
    """The shape of a word; what has none of its own is under way."""
    known = _LOOKS.get(look, look)
    return known if known in SHAPES else "starting"


@register.simple_tag
def ago(moment: datetime | None, none: str = "no data") -> SafeString | str:
    """A moment as its age, with the exact time on hover."""
    if moment is None:
        return none
    return format_html(
        '<time datetime="{}" title="{}" data-age>{}</time>',
        moment.isoformat(),
        f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S %Z}",
        age(moment, timezone.now()),
    )


@register.simple_tag
def took(start: datetime | None, end: datetime | None) -> str:
    """How long something took, or has taken until now, e.g. "1 min 4 s"."""
    if start is None:
        return ""
    return duration(((end or timezone.now()) - start).total_seconds())


@register.filter
def in_words(seconds: float) -> str:
    """Seconds as a length of time, e.g. "1 min 4 s"."""
    return duration(seconds)


@register.filter
def in_bytes(bytes_: int) -> str:
    """A number of bytes as people read it, e.g. "4.2 KB"."""
    return size(bytes_)


@register.filter
def as_json(value: object) -> str:
    """The value as indented JSON, as `nomad job run -json` reads it."""
    return json.dumps(value, indent=2, ensure_ascii=False)
