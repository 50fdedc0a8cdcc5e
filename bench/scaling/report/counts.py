"""Counts over demand as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from bench.scaling.report.svg import BOTTOM, LEFT, RIGHT, TOP, WIDTH, rule, svg, text
from scaler.replay.seen import Ints
from scaler.replay.settings import READING_S

HEIGHT = 240
POINTS = 480
LINES = 8
DAY_S, HOUR_S, MINUTE_S = 86_400, 3600, 60


@dataclass(frozen=True)
class Curve:
    """A series of counts to draw, one a reading; `mark` is its class, which styles and hides it."""

    title: str
    mark: str
    counts: Ints


def counts_plot(demand: Ints, curves: Sequence[Curve], begin: int, end: int) -> str:
    """Counts over demand (the area), from one reading to another."""
    size = max(1, -(-(end - begin) // POINTS))
    shown = [(curve, _means(curve.counts[begin:end], size)) for curve in curves]
    area = _means(demand[begin:end], size)
    # A curve far above what is needed runs along the upper edge.
    highest = max(1.0, 1.6 * max(area, default=0.0))
    parts = [text(LEFT, 12, "instances"), _grid(highest), _times(begin, end)]
    parts.append(f'<polygon class="need" points="{_area(area, highest)}"/>')
    for curve, values in shown:
        points = _points(values, highest)
        parts.append(
            f'<polyline class="{curve.mark}" points="{points}"><title>{escape(curve.title)}</title>'
            "</polyline>"
        )
    return svg("".join(parts), HEIGHT, "Ready instances over what is needed")


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
    power = 10 ** int(math.log10(max(1.0, highest / LINES)))
    step = next(power * of for of in (1, 2, 5, 10) if highest / (power * of) <= LINES)
    parts = []
    for count in range(0, int(highest) + 1, step):
        parts.append(rule(LEFT, _y(count, highest), WIDTH - RIGHT, _y(count, highest)))
        parts.append(text(LEFT - 6, _y(count, highest) + 4, str(count), "end"))
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
        parts.append(text(x, HEIGHT - 8, f"day {days + 1}" if step >= DAY_S else clock, "middle"))
        parts.append(rule(x, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 4))
    return "".join(parts)
