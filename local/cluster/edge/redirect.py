"""The two middlewares that answer with another address, as Traefik's do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_PARTS = r"^(?:https?://)?(\[[\w:.]+\]|[\w._-]+)?(?::\d+)?(.*)$"


@dataclass(frozen=True)
class Redirect:
    """From what fits `regex` to `replacement`, in Go's words: `${1}` is the first group."""

    regex: str
    replacement: str
    permanent: bool

    def location(self, url: str) -> str | None:
        """Where a request for this URL is sent; None where it is passed on."""
        if not re.search(self.regex, url):
            return None
        found = re.sub(self.regex, re.sub(r"\$\{(\d+)\}", r"\\g<\1>", self.replacement), url)
        return None if found == url else found

    def code(self, method: str) -> int:
        """The status: only a GET may become another method."""
        if method == "GET":
            return 301 if self.permanent else 302
        return 308 if self.permanent else 307


def by_regex(fields: Mapping[str, str]) -> Redirect | None:
    """The middleware of these fields if it is a `redirectRegex`."""
    regex = fields.get("redirectregex/regex")
    if regex is None:
        return None
    permanent = fields.get("redirectregex/permanent") == "true"
    return Redirect(regex, fields.get("redirectregex/replacement", ""), permanent)


def to_scheme(fields: Mapping[str, str]) -> Redirect | None:
    """The middleware of these fields if it is a `redirectScheme`."""
    scheme = fields.get("redirectscheme/scheme")
    if scheme is None:
        return None
    port = fields.get("redirectscheme/port", "")
    usual = port in ("", {"https": "443", "http": "80"}.get(scheme))
    replacement = f"{scheme}://${{1}}{'' if usual else ':' + port}${{2}}"
    return Redirect(_PARTS, replacement, fields.get("redirectscheme/permanent") == "true")
