"""What a constraint may compare versions with: what github.com/hashicorp/go-version reads. Pure."""

from __future__ import annotations

import re

LARGEST_NUMBER = 2**63 - 1
_WORDS = r"[0-9A-Za-z~-]+(?:\.[0-9A-Za-z~-]+)*"
_ONE = re.compile(
    r"\s*(?:<=|>=|!=|~>|<|>|=)?\s*v?(?P<numbers>[0-9]+(?:\.[0-9]+)*)"
    rf"(?:-{_WORDS}|(?=[A-Za-z~-]){_WORDS})?(?:\+{_WORDS})?\s*",
    re.ASCII,
)


def is_version_range(text: str) -> bool:
    """Whether it is a list such as `>= 1.2, < 2` in which each version is one."""
    return all(map(_is_one, text.split(",")))


def _is_one(text: str) -> bool:
    found = _ONE.fullmatch(text)
    return found is not None and all(int(n) <= LARGEST_NUMBER for n in found["numbers"].split("."))
