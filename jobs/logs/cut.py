"""Where bytes of a log may be cut: between lines, else between characters. Pure."""

from __future__ import annotations

import re

_REST_OF_A_CHARACTER = re.compile(rb"[\x80-\xbf]{0,3}")
# Of a character of two, three and four bytes, and of a terminal's code.
_BEGUN = re.compile(
    rb"([\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2}|\x1b[^A-Za-z\x07]{0,32})\Z"
)


def first_whole(data: bytes) -> int:
    """Where the first whole line begins; of a part of one line, the first whole character."""
    end = data.find(b"\n") + 1
    if 0 < end < len(data):
        return end
    rest = _REST_OF_A_CHARACTER.match(data)
    return rest.end() if rest else 0


def last_whole(data: bytes) -> int:
    """Where the last whole line ends; of a part of one line, the last whole character."""
    return data.rfind(b"\n") + 1 or whole_characters(data)


def whole_characters(data: bytes) -> int:
    """Where the last character ends that is there as a whole."""
    begun = _BEGUN.search(data)
    # Bytes that are no text at all are not waited for.
    return begun.start() if begun and begun.start() else len(data)
