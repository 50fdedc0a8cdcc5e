"""Sources that are silent: cells that nobody observes or measures as often as they should."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from platform_admin.models import Cell
from platform_admin.pages import cells
from platform_admin.pages.condition import Condition


@dataclass(frozen=True)
class Silence:
    """A cell, what of it is not known as it should be, and since when."""

    cell: Cell
    how: Condition
    since: datetime | None


@dataclass(frozen=True)
class Sources:
    """All cells, and what is silent of them."""

    cells: Sequence[Cell]
    silent: Sequence[Silence]


def sources(now: datetime) -> Sources:
    """How the cells are known, in one query."""
    found = list(Cell.objects.order_by("name"))
    each = [silence for cell in found for silence in _of(cell, now)]
    return Sources(found, [silence for silence in each if silence.how.look != "healthy"])


def _of(cell: Cell, now: datetime) -> list[Silence]:
    return [
        Silence(cell, cells.observation(cell, now), cell.observed_at),
        Silence(cell, cells.measuring(cell, now), cell.sampled_at),
    ]
