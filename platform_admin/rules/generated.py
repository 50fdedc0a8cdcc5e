"""What a generated value may look like: long enough that nobody guesses it."""

from __future__ import annotations

import math
import string
from collections.abc import Mapping
from dataclasses import dataclass

from platform_admin.rules.fields import Errors, Found, collected

ALPHABETS: Mapping[str, str] = {
    "url": string.ascii_letters + string.digits + "-_",
    "letters": string.ascii_letters + string.digits,
    "hex": "0123456789abcdef",
}
LEAST_BITS = 128
LONGEST = 512


@dataclass(frozen=True)
class Shape:
    """How many characters of which alphabet; as it is, what `token_urlsafe(32)` gives."""

    length: int = 43
    alphabet: str = "url"


def shape_errors(shape: Shape) -> Errors:
    """What is wrong with it, sentences by field: `length`, `alphabet`."""
    return collected(_wrong(shape))


def least_length(alphabet: str) -> int:
    """From how many characters on a value of the alphabet has 128 bits."""
    return math.ceil(LEAST_BITS / math.log2(len(ALPHABETS[alphabet])))


def _wrong(shape: Shape) -> Found:
    if shape.alphabet not in ALPHABETS:
        known = ", ".join(ALPHABETS)
        yield "alphabet", f"{shape.alphabet!r} is no alphabet: choose one of {known}."
        return
    least = least_length(shape.alphabet)
    if not least <= shape.length <= LONGEST:
        said = f"{shape.length} characters can not be: choose {least} to {LONGEST}"
        yield "length", f"{said}, so that nobody guesses the value."
