"""Whether a regular expression is one for RE2, by which Nomad compiles: Go's regexp/syntax. Pure.

Python's own reader takes what RE2 does not (look-around, references to groups, possessive repeats),
and refuses or misreads what RE2 takes (`[[:alpha:]]`, `\\pL`, `\\z`).
"""

from __future__ import annotations

import re

LARGEST_REPEAT = 1000
_FLAGS = re.compile(r"\?[imsU]*(?:-[imsU]+)?([:)])")
_NAME = re.compile(r"\?P?<[A-Za-z0-9_]+>")
_NUMBER = "0|[1-9][0-9]*"
_REPEAT = re.compile(rf"(?:[*+?]|\{{({_NUMBER})(?:(,)({_NUMBER})?)?\}})\??")
_QUOTED = re.compile(r"\\Q([\s\S]*?)(?:\\E|\Z)")
_PLACE = re.compile(r"\\[AbBz]")
_CLASS = re.compile(
    r"\\[dDsSwW]|\\[pP](?:[CLMNPSZ]|\{\^?(?:Any|C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?"
    r"|S[ckmo]?|Z[lps]?)\})"
)
_POSIX = re.compile(
    r"\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word"
    r"|xdigit):\]"
)
_ESCAPED = re.compile(
    r"\\(?:(0[0-7]{0,2}|[1-7][0-7]{1,2})|x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})|([afnrtv])"
    r"|([\x00-/:-@\[-`{-\x7f]))"
)


def syntax_error(expression: str) -> str | None:
    """What RE2 does not take in it, such as `a ( is not closed`; None where it takes all."""
    try:
        _Reader(expression).whole()
    except _Refused as error:
        return str(error)
    return None


class _Refused(ValueError):
    """An expression that RE2 does not take; its text says why."""


class _Reader:
    """Goes through an expression, and knows how often at most each part of it is repeated."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def whole(self) -> None:
        """Read all of it; raises _Refused."""
        self._group()
        if self._rest():
            raise _Refused("a ) closes nothing")

    def _rest(self) -> str:
        return self.text[self.at :]

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found

    def _next(self, sign: str) -> bool:
        """Whether that sign comes; it is behind then."""
        came = self.text.startswith(sign, self.at)
        self.at += len(sign) * came
        return came

    def _group(self) -> int:
        """Read up to a bracket that closes, or the end: how often something in it is repeated."""
        found: list[int] = []
        first, repeated = 0, False
        while self._rest()[:1] not in ("", ")"):
            if self._next("|"):
                first, repeated = len(found), False
            elif repeat := self._take(_REPEAT):
                if repeated or len(found) == first:
                    raise _Refused(f"{repeat[0]} has nothing to repeat")
                found[-1] = _times(repeat, found[-1])
                repeated = True
            else:
                found += self._item()
                repeated = False
        return max(found, default=1)

    def _item(self) -> list[int]:
        """Read what can be repeated: how often something in it is; empty where that is nothing."""
        if self._next("("):
            return self._bracketed()
        if self._next("["):
            self._set()
        elif quoted := self._take(_QUOTED):
            return [1] * len(quoted[1])
        elif not (self._take(_PLACE) or self._take(_CLASS)):
            self._character()
        return [1]

    def _bracketed(self) -> list[int]:
        flags = self._take(_FLAGS)
        if flags and flags[1] == ")":
            return []
        if not flags:
            self._name()
        most = self._group()
        if not self._next(")"):
            raise _Refused("a ( is not closed")
        return [most]

    def _name(self) -> None:
        """Read the name of a group, where it has one."""
        if not self._rest().startswith("?"):
            return
        if not self._take(_NAME):
            raise _Refused(f"({self._rest()[:3]} is not known")

    def _set(self) -> None:
        """Read a class of characters behind its opening bracket."""
        self._next("^")
        first = True
        while first or not self._next("]"):
            first = False
            if self._rest().startswith("[:") and ":]" in self._rest()[2:]:
                if not self._take(_POSIX):
                    raise _Refused("a [: :] has no class that is known")
            elif not self._take(_CLASS):
                self._range()

    def _range(self) -> None:
        low = high = self._character("a [ is not closed")
        if re.match("-[^]]", self._rest()):
            self.at += 1
            high = self._character("a [ is not closed")
        if high < low:
            raise _Refused("a range in [ ] ends before it begins")

    def _character(self, missing: str = "") -> str:
        """Read one character, by itself or escaped."""
        if escaped := self._take(_ESCAPED):
            return _meant(escaped)
        if self._rest().startswith("\\"):
            raise _Refused(f"{self._rest()[:2]} is not known")
        if not self._rest():
            raise _Refused(missing)
        self.at += 1
        return self.text[self.at - 1]


def _times(repeat: re.Match[str], inside: int) -> int:
    """How often what is inside comes at most, where a repeat without an end counts once."""
    if repeat[1] is None:
        return inside
    least = int(repeat[1])
    most = int(repeat[3]) if repeat[3] else None if repeat[2] else least
    if most is not None and most < least:
        raise _Refused(f"{repeat[0]} ends before it begins")
    times = inside * ((least or 1) if most is None else most)
    if max(times, least, most or 0) > LARGEST_REPEAT:
        raise _Refused(f"something is repeated more than {LARGEST_REPEAT} times")
    return times


def _meant(escaped: re.Match[str]) -> str:
    octal, two, braced, control, itself = escaped.groups()
    if octal:
        return chr(int(octal, 8))
    if control or itself:
        return itself or "\a\f\n\r\t\v"["afnrtv".index(control)]
    code = int(two or braced, 16)
    if code > 0x10FFFF:
        raise _Refused(f"{escaped[0]} is no character")
    return chr(code)
