"""Where each part of the picture stands: rows from callers down to what they call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH, MARGIN, GAP = 400, 12, 24
"""The picture's width, free room at both of its sides, and room between two parts, in pixels."""
HEIGHT, BETWEEN = 50, 38
"""The height of a part and of the room between two rows, in pixels."""
FEW, MANY = 2, 3
"""How many parts stand side by side: few as long as no layer has more."""


@dataclass(frozen=True)
class Box:
    """A part's place, in pixels from the upper left."""

    x: float
    y: float
    width: float
    height: float = HEIGHT

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True)
class Grid:
    """The places of all parts by name, and the rows that they stand in, from above."""

    boxes: Mapping[str, Box]
    rows: tuple[tuple[str, ...], ...]

    @property
    def height(self) -> float:
        return max((box.bottom for box in self.boxes.values()), default=0) + 2


def grid(layers: Sequence[Sequence[str]], callers: Mapping[str, Sequence[str]], top: float) -> Grid:
    """The parts in rows from `top` on; what is called stands as near below its callers as it can.

    A layer with more parts than fit side by side takes several rows.
    """
    across = FEW if all(len(layer) <= FEW for layer in layers) else MANY
    width = (WIDTH - 2 * MARGIN - GAP * (across - 1)) / across
    columns = [MARGIN + number * (width + GAP) for number in range(across)]
    boxes: dict[str, Box] = {}
    rows: list[tuple[str, ...]] = []
    y = top
    for layer in layers:
        wanted = {name: _below(callers.get(name, ()), boxes, width) for name in layer}
        named = sorted(layer, key=lambda name: wanted[name] or -1.0)
        for start in range(0, len(named), across):
            row = named[start : start + across]
            for name, x in zip(row, _places([wanted[one] for one in row], columns), strict=True):
                boxes[name] = Box(x, y, width)
            rows.append(tuple(row))
            y += HEIGHT + BETWEEN
    return Grid(boxes, tuple(rows))


def _below(callers: Sequence[str], boxes: Mapping[str, Box], width: float) -> float | None:
    """Where a part would stand in the middle below its callers, None where it has none yet."""
    middles = [boxes[name].middle for name in callers if name in boxes]
    return sum(middles) / len(middles) - width / 2 if middles else None


def _places(wanted: Sequence[float | None], columns: Sequence[float]) -> list[float]:
    """The columns that a row takes, in its order; a part that is alone may stand between two."""
    if len(wanted) == 1 and wanted[0] is not None:
        between = [(left + right) / 2 for left, right in pairwise(columns)]
        alone = wanted[0]
        return [min([*columns, *between], key=lambda x: abs(x - alone))]
    taken, left = [], list(columns)
    for number, x in enumerate(wanted):
        spare = len(left) - (len(wanted) - number) + 1
        found = left[0] if x is None else min(left[:spare], key=lambda column: abs(column - x))
        left = left[left.index(found) + 1 :]
        taken.append(found)
    return taken
