"""What may stand in a router's rule. A rule is a program: a backtick in a host would rewrite it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_SLUG = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_LONGEST_HOST = 253
_LONGEST_SLUG = 63


def host(text: str) -> str:
    """Return `text` if it is a host name in lower case; raises ValueError."""
    if len(text) > _LONGEST_HOST or not _HOST.fullmatch(text):
        raise ValueError(f"not a host name: {text!r}")
    return text


def slug(text: str) -> str:
    """Return `text` if it is a slug, which no `--` is part of; raises ValueError."""
    if len(text) > _LONGEST_SLUG or "--" in text or not _SLUG.fullmatch(text):
        raise ValueError(f"not a slug: {text!r}")
    return text


def base_url(text: str) -> str:
    """Return `text` if it is an http(s) URL of a server; raises ValueError."""
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment:
        raise ValueError(f"not the URL of a server: {text!r}")
    host(url.hostname)
    return text.rstrip("/")
