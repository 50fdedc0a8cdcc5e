"""Lines of a log that have the words that somebody looks for, and how far was looked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jobs.errors import ClusterError, Missing
from jobs.logs.place import Place
from jobs.logs.search import Hit, search
from platform_admin.live.log_pane import Source

LONGEST_LINE = 400


@dataclass(frozen=True)
class Line:
    """A line with the words in it, in three parts, what stands around it, and where it is shown."""

    above: str
    head: str
    words: str
    rest: str
    below: str
    page: str


@dataclass(frozen=True)
class Results:
    """What was found in a stream: `further` is the address that looks on from there."""

    name: str
    lines: tuple[Line, ...] = ()
    looked: int = 0
    size: int = 0
    further: str = ""
    whole: bool = False
    problem: str = ""


def results(source: Source, words: str, before: Place | None) -> Results:
    """The lines with the words, the newest first, before the place or from the end."""
    try:
        found = search(source.stream, words, before)
    except Missing:
        return Results(source.name, whole=True)
    except ClusterError as error:
        return Results(source.name, problem=str(error))
    return Results(
        name=source.name,
        lines=tuple(_line(source, hit, words) for hit in found.hits),
        looked=found.looked,
        size=found.size,
        further=source.page(q=words, before=found.rest) if found.rest else "",
        whole=found.rest is None and before is None,
    )


def _line(source: Source, hit: Hit, words: str) -> Line:
    head, found, rest = parts(hit.line, words)
    page = f"{source.page(q=words, at=hit.place)}#hit"
    return Line(_short(hit.above), head, found, rest, _short(hit.below), page)


def parts(line: str, words: str) -> tuple[str, str, str]:
    """What is before the words, the words as they stand there, and what is behind, not too long."""
    found = re.search(re.escape(words), line, re.IGNORECASE)
    if found is None:
        return _short(line), "", ""
    head, rest = line[: found.start()], line[found.end() :]
    cut = f"... {head[-LONGEST_LINE // 2 :]}" if len(head) > LONGEST_LINE // 2 else head
    return cut, found[0], _short(rest)


def _short(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} ..."
