"""The plots: words overlap nothing, and any count fits."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.scaling.report.counts import Curve, counts_plot
from bench.scaling.report.pareto import LETTER, LINE, Dot, labels, pareto_plot

POINTS = st.lists(
    st.tuples(st.floats(60, 940), st.floats(22, 330)), min_size=1, max_size=14, unique=True
)


@given(POINTS)
@example([(897.0, 330.0)])
def test_labels_never_overlap_each_other(points: list[tuple[float, float]]) -> None:
    titles = [f"Policy number {index}" for index in range(len(points))]
    drawn = [
        tuple(map(float, re.findall(r'[xy]="([\d.]+)"', label))) for label in labels(titles, points)
    ]

    assert drawn
    for (x, y), (other_x, other_y) in combinations(drawn, 2):
        assert abs(x - other_x) > LETTER * 15 - 0.2 or abs(y - other_y) > LINE - 0.2


def test_who_is_never_late_lies_on_the_lower_edge() -> None:
    drawn = pareto_plot([Dot("a", "x", 1.0, 0.0), Dot("b", "y", 2.0, 1e-5)], "cost")
    heights = re.findall(r'cy="([\d.]+)"', drawn)

    assert heights[0] == heights[1]


@pytest.mark.parametrize("most", [1, 7, 300, 80_000])
def test_the_grid_of_counts_has_few_lines(most: int) -> None:
    counts = np.array([0, most, most], np.int64)
    drawn = counts_plot(counts, [Curve("Optimum", "optimum", counts)], 0, 3)
    words = [int(word) for word in re.findall(r'anchor="end">(\d+)<', drawn)]

    assert 2 <= len(words) <= 9
    assert most / 2 <= max(words) <= 1.6 * most
    assert 'polyline class="optimum"' in drawn
