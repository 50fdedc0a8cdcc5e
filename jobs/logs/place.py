"""Where a byte of a log is: in which of its files, and how far into it. Pure.

Nomad counts from the first byte that it still keeps, and drops whole files: its offsets move. The
number of a file does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jobs.nomad import LogFile

_WRITTEN = re.compile(r"(\d{1,9})\.(\d{1,12})", re.ASCII)


@dataclass(frozen=True, order=True)
class Place:
    """Between two bytes: `offset` bytes into the file with this number."""

    file: int
    offset: int

    def __str__(self) -> str:
        return f"{self.file}.{self.offset}"


def read_place(text: str) -> Place | None:
    """The place that is written so, e.g. "3.4096"; None for anything else."""
    found = _WRITTEN.fullmatch(text)
    return Place(int(found[1]), int(found[2])) if found else None


@dataclass(frozen=True)
class Kept:
    """What Nomad keeps of a stream now: its files, the oldest first."""

    files: Sequence[LogFile]

    @property
    def size(self) -> int:
        """Its bytes."""
        return sum(file.size for file in self.files)

    @property
    def begins(self) -> bool:
        """Whether nothing of it was dropped."""
        return not self.files or self.files[0].number == 0

    def index(self, place: Place) -> int:
        """How many bytes are kept before the place; 0 for one that was dropped."""
        found = 0
        for file in self.files:
            if file.number >= place.file:
                inside = min(place.offset, file.size) if file.number == place.file else 0
                return found + inside
            found += file.size
        return found

    def place(self, index: int) -> Place:
        """The place with so many kept bytes before it; where two files meet, the second's begin."""
        for file in self.files:
            if index < file.size:
                return Place(file.number, index)
            index -= file.size
        return Place(self.files[-1].number, self.files[-1].size) if self.files else Place(0, 0)

    def dropped(self, place: Place) -> bool:
        """Whether what follows the place is not kept any more."""
        return bool(self.files) and place < Place(self.files[0].number, 0)

    def meet(self, one: Place, other: Place) -> bool:
        """Whether no byte lies between the two, seen from here."""
        ends = {file.number: file.size for file in self.files}
        first, second = sorted((one, other))
        return first == second or (
            second == Place(first.file + 1, 0) and ends.get(first.file) == first.offset
        )
