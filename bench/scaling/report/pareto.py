"""Late share against cost as SVG: who is nearest to the lower left does best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from bench.scaling.report.svg import LEFT, RIGHT, TOP, WIDTH, rule, svg, text

HEIGHT, BOTTOM = 380, 44
LOWEST_POWER = 5
COSTS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.5, 2, 3, 4, 5, 7, 10, 15, 20)
RADIUS = 5
LETTER, LINE = 6.9, 13


@dataclass(frozen=True)
class Dot:
    """A policy in the plot; `mark` is its class."""

    title: str
    mark: str
    cost: float
    late_share: float


@dataclass(frozen=True)
class Box:
    """A part of the picture that is taken."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether they overlap."""
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.bottom <= other.top or other.bottom <= self.top)


def pareto_plot(dots: Sequence[Dot], cost: str) -> str:
    """Late share (from 0.001 % up) against `cost`, both logarithmic."""
    low = min([1.0, *(dot.cost for dot in dots)]) * 0.95
    high = max([1.3, *(dot.cost for dot in dots)]) * 1.08

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(value / low) / math.log(high / low)

    points = [(x(dot.cost), _y(dot.late_share)) for dot in dots]
    parts = [_shares()]
    for value in COSTS:
        if low <= value <= high:
            parts.append(rule(x(value), TOP, x(value), HEIGHT - BOTTOM))
            parts.append(text(x(value), HEIGHT - BOTTOM + 15, f"{value:g}", "middle"))
    parts.append(text(LEFT, 12, "late"))
    parts.append(text(WIDTH - RIGHT, HEIGHT - 8, cost, "end"))
    for dot, (across, down) in zip(dots, points, strict=True):
        hint = f"{dot.title}: {dot.cost:.3f}, {dot.late_share:.3%} late"
        parts.append(
            f'<g class="{dot.mark}"><circle cx="{across:.1f}" cy="{down:.1f}" r="{RADIUS}">'
            f"<title>{escape(hint)}</title></circle></g>"
        )
    parts += labels([dot.title for dot in dots], points)
    return svg("".join(parts), HEIGHT, "Late share against cost")


def labels(titles: Sequence[str], points: Sequence[tuple[float, float]]) -> list[str]:
    """The dots' titles, each where it overlaps nothing; where there is no room, none."""
    taken = [Box(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for x, y in points]
    drawn = []
    for title, (x, y) in zip(titles, points, strict=True):
        width = LETTER * len(title)
        for left, middle in _around(x, y, width):
            box = Box(left, middle - LINE / 2, left + width, middle + LINE / 2)
            inside = box.left >= LEFT and box.right <= WIDTH - RIGHT
            inside = inside and box.top >= TOP - LINE and box.bottom <= HEIGHT - BOTTOM
            if inside and not any(box.meets(other) for other in taken):
                taken.append(box)
                drawn.append(text(left, middle + 4, title, mark="label"))
                break
    return drawn


def _around(x: float, y: float, width: float) -> list[tuple[float, float]]:
    """Where words may begin, and the middle of their line: right, left, above, below, aslant."""
    aside, up = RADIUS + 4, RADIUS + LINE / 2 + 1
    return [
        (x + aside, y),
        (x - aside - width, y),
        (x - width / 2, y - up),
        (x - width / 2, y + up),
        (x + aside, y - up),
        (x + aside, y + up),
        (x - aside - width, y - up),
        (x - aside - width, y + up),
    ]


def _y(share: float) -> float:
    power = -math.log10(min(1.0, max(share, 10.0**-LOWEST_POWER)))
    return TOP + (HEIGHT - TOP - BOTTOM) * power / LOWEST_POWER


def _shares() -> str:
    parts = []
    for power in range(LOWEST_POWER + 1):
        y = _y(10.0**-power)
        parts.append(rule(LEFT, y, WIDTH - RIGHT, y))
        parts.append(text(LEFT - 6, y + 4, f"{100 * 10.0**-power:g} %", "end"))
    return "".join(parts)
