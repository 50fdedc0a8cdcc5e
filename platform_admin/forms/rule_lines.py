"""Redirects and headers of static services as lines of a text field, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

STATUS = 308


class RedirectsField(forms.CharField):
    """A line a redirect: path, target, status if it is another one than 308."""

    def clean(self, value: Any) -> list[dict[str, str | int]]:
        """The redirects; a sentence about the first line that is none."""
        return [_redirect(line) for line in _lines(super().clean(value))]


class HeadersField(forms.CharField):
    """A line a header: path, then `Name: value`."""

    def clean(self, value: Any) -> list[dict[str, str]]:
        """The headers; a sentence about the first line that is none."""
        return [_header(line) for line in _lines(super().clean(value))]


def redirect_lines(redirects: Iterable[Mapping[str, str | int]]) -> str:
    """The redirects as they are typed."""
    return "\n".join(f"{one['path']} {one['to']} {one['status']}" for one in redirects)


def header_lines(headers: Iterable[Mapping[str, str]]) -> str:
    """The headers as they are typed."""
    return "\n".join(f"{one['path']} {one['name']}: {one['value']}" for one in headers)


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _redirect(line: str) -> dict[str, str | int]:
    words = line.split()
    if len(words) == 2:
        words.append(str(STATUS))
    if len(words) != 3 or not (words[2].isascii() and words[2].isdigit()):
        raise forms.ValidationError(
            f"“{line}” is no redirect: write a path, where it leads, and perhaps 301, 302, 307"
            " or 308."
        )
    return {"path": words[0], "to": words[1], "status": int(words[2])}


def _header(line: str) -> dict[str, str]:
    path, _, rest = line.partition(" ")
    name, colon, value = rest.partition(":")
    if not colon:
        raise forms.ValidationError(
            f"“{line}” is no header: write a path, a name, a colon and a value."
        )
    return {"path": path, "name": name.strip(), "value": value.strip()}
