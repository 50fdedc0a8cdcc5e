"""What is wrong with a static service's fallback, redirects and headers, in sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Redirects = Sequence[Mapping[str, str | int]]
Headers = Sequence[Mapping[str, str]]

MOST_RULES = 100
TARGET_LENGTH = 500
VALUE_LENGTH = 2000
STATUSES = (301, 302, 307, 308)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
# Written by who carries the answer, or they would say something else than what is sent.
_NOT_OURS = frozenset(
    [
        "connection",
        "content-encoding",
        "content-length",
        "content-range",
        "date",
        "keep-alive",
        "location",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ]
)


def fallback_error(fallback: str) -> str | None:
    """What is wrong with the file that answers for what is not there; empty is none."""
    if not fallback:
        return None
    return path_error(fallback, star=False)


def redirects_error(redirects: Redirects) -> str | None:
    """The first thing that is wrong with the redirects, among them one that never ends."""
    if len(redirects) > MOST_RULES:
        return f"{len(redirects)} redirects are too many: use {MOST_RULES} or fewer."
    for one in redirects:
        found = path_error(str(one["path"])) or _target_error(str(one["to"]))
        if found:
            return found
        if one["status"] not in STATUSES:
            return f"{one['status']} is no status of a redirect: use 301, 302, 307 or 308."
    return _loop(redirects)


def headers_error(headers: Headers) -> str | None:
    """The first thing that is wrong with the headers."""
    if len(headers) > MOST_RULES:
        return f"{len(headers)} headers are too many: use {MOST_RULES} or fewer."
    for one in headers:
        found = path_error(one["path"]) or _header_error(one["name"], one["value"])
        if found:
            return found
    return None


def path_error(path: str, *, star: bool = True) -> str | None:
    """What is wrong with a path of a rule, which may have `*` at its end."""
    if not path.startswith("/"):
        return f"{path!r} does not begin with a slash: write /{path.lstrip('/')}."
    if len(path) > TARGET_LENGTH:
        return f"A path has {len(path)} characters: shorten it to {TARGET_LENGTH} or fewer."
    if not path.isascii() or not path.isprintable() or re.search(r'[\s"\\?#%]', path):
        return f"{path!r} is not a path: use plain characters, no spaces, and no query."
    if "*" in (path[:-1] if star else path):
        where = "only at its end" if star else "nowhere"
        return f"{path!r} has a * where it means nothing: put it {where}."
    if any(part in (".", "..") for part in path.split("/")) or "//" in path:
        return f"{path!r} leads elsewhere than it says: write it without dots and double slashes."
    return None


def fits(rule: str, path: str) -> bool:
    """Whether a rule's path is that of a request."""
    return path.startswith(rule[:-1]) if rule.endswith("*") else path == rule


def _target_error(to: str) -> str | None:
    if len(to) > TARGET_LENGTH:
        return f"A target has {len(to)} characters: shorten it to {TARGET_LENGTH} or fewer."
    if not to.isascii() or not to.isprintable() or re.search(r'[\s"\\]', to):
        return f"{to!r} is not an address: write other characters than plain ones as %20."
    if re.fullmatch(r"https?://[^/?#@]+([/?#].*)?", to):
        return None
    if not to.startswith("/") or to.startswith("//"):
        return f"{to!r} is no target: write a path that begins with a slash, or https://..."
    return None


def _header_error(name: str, value: str) -> str | None:
    if not _NAME.fullmatch(name) or len(name) > 100:
        return f"{name!r} is no name of a header: use letters, digits and hyphens."
    if name.lower() in _NOT_OURS:
        return f"{name} is written by the server itself: leave it out."
    if not value or value != value.strip():
        return f"The value of {name} is empty or has spaces around it: write it without."
    if not value.isascii() or not value.isprintable():
        return f"The value of {name} has more than plain characters on one line: write it so."
    if len(value) > VALUE_LENGTH:
        return f"The value of {name} has {len(value)} characters: use {VALUE_LENGTH} or fewer."
    return None


def _loop(redirects: Redirects) -> str | None:
    """A redirect that leads to itself, by others or at once: browsers give up on it."""
    for first in redirects:
        seen, to = {str(first["path"])}, str(first["to"])
        while following := _next(redirects, to):
            at = str(following["path"])
            if at in seen:
                return f"The redirect of {first['path']} comes round to {at} again: change one."
            seen.add(at)
            to = str(following["to"])
    return None


def _next(redirects: Redirects, to: str) -> Mapping[str, str | int] | None:
    if not to.startswith("/"):
        return None
    path = re.split("[?#]", to)[0]
    return next((one for one in redirects if fits(str(one["path"]), path)), None)
