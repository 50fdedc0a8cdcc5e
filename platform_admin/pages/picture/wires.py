"""The arrows of the picture: from a caller to what it calls, around what stands between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from platform_admin.pages.picture.grid import WIDTH, Box, Grid

APART, CLEAR, HEAD = 7.0, 5.0, 5.0
"""Pixels between two arrows side by side, between an arrow and a part, and of an arrow's head."""
Point = tuple[float, float]


@dataclass(frozen=True)
class Wire:
    """An arrow: the path of its line, which ends where it points."""

    caller: str
    called: str
    path: str


def wires(calls: Sequence[tuple[str, str]], grid: Grid, bar: Box | None = None) -> list[Wire]:
    """The arrows of the calls (caller, called), in their order.

    A caller that has no place in the grid is the `bar` above it all.
    """
    taken: dict[int, list[float]] = {}
    ways = {call: _way(call, grid, bar, taken) for call in calls}
    spread = {call: list(way) for call, way in ways.items()}
    for name in grid.boxes:
        _side_by_side([call for call in calls if call[0] == name], spread, 0, 1)
        into = [call for call in calls if call[1] == name and call[0] in grid.boxes]
        _side_by_side(into, spread, -1, -2)
    return [Wire(*call, _path(spread[call])) for call in calls]


def _way(
    call: tuple[str, str], grid: Grid, bar: Box | None, taken: dict[int, list[float]]
) -> list[Point]:
    """The points of an arrow from the middle of its caller to the middle of what it calls."""
    called = grid.boxes[call[1]]
    caller = grid.boxes.get(call[0])
    if caller is None:
        begin, down = (called.middle, bar.bottom if bar else 0.0), True
    else:
        down = caller.y < called.y
        begin = (caller.middle, caller.bottom if down else caller.y)
    end = (called.middle, called.y - HEAD if down else called.bottom + HEAD)
    return [begin, *_around(begin, end, grid, taken), end]


def _side_by_side(
    calls: Sequence[tuple[str, str]],
    ways: dict[tuple[str, str], list[Point]],
    end: int,
    neighbour: int,
) -> None:
    """Nothing; the arrows that meet at a part stand there apart, in the order they come from."""
    ordered = sorted(calls, key=lambda call: ways[call][neighbour][0])
    for number, call in enumerate(ordered):
        x, y = ways[call][end]
        ways[call][end] = (x + APART * (2 * number - len(ordered) + 1), y)


def _around(begin: Point, end: Point, grid: Grid, taken: dict[int, list[float]]) -> list[Point]:
    """The points on the way, beside the parts of each row that lies between."""
    points = []
    for number, row in enumerate(grid.rows):
        boxes = [grid.boxes[name] for name in row]
        above, below = boxes[0].y, boxes[0].bottom
        if min(begin[1], end[1]) < above and below < max(begin[1], end[1]):
            share = (above - begin[1]) / (end[1] - begin[1])
            x = _free(begin[0] + share * (end[0] - begin[0]), boxes, taken.setdefault(number, []))
            points.append([(x, above - CLEAR), (x, below + CLEAR)])
    if begin[1] > end[1]:
        points = [pair[::-1] for pair in points[::-1]]
    return [point for pair in points for point in pair]


def _free(x: float, boxes: Sequence[Box], taken: list[float]) -> float:
    """The place nearest to `x` where a line passes by the boxes, and by the lines before it."""
    edges = sorted((box.x, box.x + box.width) for box in boxes)
    lefts = [CLEAR, *(right + CLEAR for _, right in edges)]
    rights = [*(left - CLEAR for left, _ in edges), WIDTH - CLEAR]
    gaps = [(left, right) for left, right in zip(lefts, rights, strict=True) if left <= right]
    left, right = min(gaps, key=lambda gap: abs(min(max(x, gap[0]), gap[1]) - x))
    nearest = min(max(x, left), right)
    steps = sorted(range(-9, 10), key=abs)
    places = [nearest + APART * step for step in steps if left <= nearest + APART * step <= right]
    free = [at for at in places if all(abs(at - other) >= APART for other in taken)]
    found = free[0] if free else nearest
    taken.append(found)
    return found


def _path(points: Sequence[Point]) -> str:
    """A line that leaves and reaches each point straight up or down."""
    path = f"M{_at(points[0])}"
    for (x, y), (to_x, to_y) in pairwise(points):
        half = (y + to_y) / 2
        path += (
            f"V{to_y:g}"
            if x == to_x
            else f"C{_at((x, half))} {_at((to_x, half))} {_at((to_x, to_y))}"
        )
    return path


def _at(point: Point) -> str:
    return f"{point[0]:.4g} {point[1]:.4g}"
