"""The rows of a service's further ports: a name, and the number inside of an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict

EMPTY_ROWS = 1
DIGITS = 9


@dataclass(frozen=True)
class PortRow:
    """One row as typed; both empty in a spare row."""

    name: str = ""
    number: str = ""

    @property
    def used(self) -> bool:
        return bool(self.name or self.number)


def typed(data: QueryDict) -> list[PortRow]:
    """The rows that were typed; those left empty are not there."""
    pairs = zip(data.getlist("port_name"), data.getlist("port_number"), strict=False)
    rows = [PortRow(name.strip(), number.strip()) for name, number in pairs]
    return [row for row in rows if row.used]


def stored(ports: Mapping[str, int]) -> list[PortRow]:
    """The rows of a service's ports in the draft."""
    return [PortRow(name, str(number)) for name, number in ports.items()]


def with_spare(rows: Sequence[PortRow]) -> list[PortRow]:
    """The rows and an empty one to type into."""
    return [*rows, *(PortRow() for _ in range(EMPTY_ROWS))]


def parsed(rows: Sequence[PortRow], any_number: int) -> dict[str, int]:
    """The ports of the rows by name, for the verbs.

    `any_number` stands for one that was left empty or is none: a program from an archive is told
    its ports, and what is wrong says `wrong`.
    """
    return {row.name: int(row.number) if _read(row) else any_number for row in rows}


def wrong(rows: Sequence[PortRow], *, told: bool) -> list[str]:
    """What can not be read of the rows, as sentences; `told`: the program is told its ports."""
    names = [row.name for row in rows]
    again = dict.fromkeys(name for name in names if name and names.count(name) > 1)
    return [
        *(f"{name} stands twice: give each port a name of its own." for name in again),
        *(_unread(row) for row in rows if not _read(row) and not (told and not row.number)),
    ]


def _unread(row: PortRow) -> str:
    found = repr(row.number) if row.number else "Nothing"
    return f"{row.name}: {found} is no port: write a number such as 9100."


def _read(row: PortRow) -> bool:
    return row.number.isascii() and row.number.isdigit() and len(row.number) <= DIGITS
