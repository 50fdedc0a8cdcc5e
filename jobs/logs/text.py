"""What an instance wrote as plain text: without the codes that colour a terminal. Pure."""

from __future__ import annotations

import re

# ECMA-48: control sequences, strings up to their terminator, and the two-character escapes.
_CODES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[ -/]*[0-~]?)"
)
_LINE_ENDS = re.compile(r"\r+\n?")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(data: bytes) -> str:
    """The bytes as text; what is no text is a mark."""
    return without_codes(data.decode("utf-8", "replace"))


def without_codes(text: str) -> str:
    """The text as one reads it on a terminal: codes are dropped, and lines end in one way."""
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", _CODES.sub("", text)))
