"""Plots as SVG, drawn by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from scaler.replay.seen import Ints
from scaler.replay.settings import READING_S

WIDTH, HEIGHT = 960, 240
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 10, 26
POINTS = 480
DAY_S, HOUR_S, MINUTE_S = 86_400, 3600, 60


@dataclass(frozen=True)
class Curve:
    """A series of counts to draw, one a reading; `mark` is its class, which styles and hides it."""

    title: str
    mark: str
    counts: Ints


@dataclass(frozen=True)
class Dot:
    """A policy in the Pareto plot; `mark` is its class."""

    title: str
    mark: str
    cost: float
    late_share: float


def counts_plot(demand: Ints, curves: Sequence[Curve], begin: int, end: int) -> str:
    """Counts over demand (the area), from one reading to another."""
    size = max(1, -(-(end - begin) // POINTS))
    shown = [(curve, _means(curve.counts[begin:end], size)) for curve in curves]
    area = _means(demand[begin:end], size)
    # One curve far above the others may leave the picture.
    highest = max(1.0, 1.6 * max(area, default=0.0))
    parts = [_grid(highest), _times(begin, end)]
    parts.append(f'<polygon class="need" points="{_area(area, highest)}"/>')
    for curve, values in shown:
        points = _points(values, highest)
        parts.append(
            f'<polyline class="{curve.mark}" points="{points}"><title>{escape(curve.title)}</title>'
            "</polyline>"
        )
    return _svg("".join(parts), HEIGHT)


def pareto_plot(dots: Sequence[Dot]) -> str:
    """Late share (logarithmic, from 0.001 % up) against cost over the optimum's (logarithmic)."""
    height = 340
    right = max(1.3, *(dot.cost for dot in dots)) if dots else 1.3
    left = min(1.0, *(dot.cost for dot in dots)) if dots else 1.0
    low, high = math.log10(left * 0.97), math.log10(right * 1.05)

    def x(cost: float) -> float:
        return LEFT + (WIDTH - LEFT - 150) * (math.log10(cost) - low) / (high - low)

    def y(share: float) -> float:
        return TOP + (height - TOP - BOTTOM) * -math.log10(min(1.0, max(share, 1e-5))) / 5

    parts = []
    for power in range(6):
        share = 10.0**-power
        parts.append(_rule(LEFT, y(share), WIDTH - RIGHT, y(share)))
        word = "0.001 % or less" if power == 5 else f"{share:.2%}".rstrip("0%").rstrip(".") + " %"
        parts.append(_text(LEFT + 4, y(share) - 3, word))
    for cost in (0.5, 0.7, 1, 1.2, 1.5, 2, 3, 5, 7, 10, 15):
        if left * 0.97 <= cost <= right * 1.05:
            parts.append(_rule(x(cost), TOP, x(cost), height - BOTTOM))
            parts.append(_text(x(cost), height - 8, f"{cost:g}", "middle"))
    for dot in dots:
        hint = f"{dot.title}: {dot.cost:.3f} times the cost, {dot.late_share:.3%} late"
        parts.append(
            f'<g class="{dot.mark}"><circle cx="{x(dot.cost):.1f}" cy="{y(dot.late_share):.1f}" '
            f'r="5"><title>{escape(hint)}</title></circle>'
            f"{_text(x(dot.cost) + 8, y(dot.late_share) + 4, dot.title)}</g>"
        )
    return _svg("".join(parts), height)


def _means(readings: Ints, size: int) -> list[float]:
    edges = np.arange(0, len(readings), size)
    if not len(edges):
        return []
    sums = np.add.reduceat(readings.astype(np.float64), edges)
    return list(sums / np.diff(np.append(edges, len(readings))))


def _points(values: Sequence[float], highest: float) -> str:
    across = (WIDTH - LEFT - RIGHT) / max(1, len(values) - 1)
    return " ".join(
        f"{LEFT + index * across:.1f},{_y(value, highest):.1f}"
        for index, value in enumerate(values)
    )


def _area(values: Sequence[float], highest: float) -> str:
    bottom = HEIGHT - BOTTOM
    return f"{LEFT},{bottom} {_points(values, highest)} {WIDTH - RIGHT},{bottom}"


def _y(value: float, highest: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(value, highest) / highest)


def _grid(highest: float) -> str:
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if highest / s <= 8)
    parts = []
    for count in range(0, int(highest) + 1, step):
        parts.append(_rule(LEFT, _y(count, highest), WIDTH - RIGHT, _y(count, highest)))
        parts.append(_text(LEFT - 6, _y(count, highest) + 4, str(count), "end"))
    return "".join(parts)


def _times(begin: int, end: int) -> str:
    span_s = (end - begin) * READING_S
    steps = (5 * MINUTE_S, 10 * MINUTE_S, HOUR_S, 6 * HOUR_S, DAY_S, 2 * DAY_S)
    step = next((s for s in steps if span_s / s <= 15), 7 * DAY_S)
    parts = []
    for second in range(-(-begin * READING_S // step) * step, end * READING_S, step):
        x = LEFT + (WIDTH - LEFT - RIGHT) * (second - begin * READING_S) / span_s
        days, rest = divmod(second, DAY_S)
        clock = f"{rest // HOUR_S:02}:{rest % HOUR_S // MINUTE_S:02}"
        parts.append(_text(x, HEIGHT - 8, f"day {days + 1}" if step >= DAY_S else clock, "middle"))
        parts.append(_rule(x, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 4))
    return "".join(parts)


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path class="rule" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(inside: str, height: int) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img">{inside}</svg>'
