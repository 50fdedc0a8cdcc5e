from __future__ import annotations

import numpy as np
import pytest

from platform_admin.pages import shape

NAN = float("nan")


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ([], ""),
        ([NAN, NAN], ""),
        ([0.0, 10.0, 5.0], "M0.5 20L1.5 0L2.5 10"),
        ([0.0, 0.0, NAN, 10.0, 10.0], "M0.5 20L1.5 20M3.5 0L4.5 0"),
        ([NAN, 5.0, NAN], "M1.5 10h0"),
        ([3.333, 20.0], "M0.5 13.3L1.5 0"),
    ],
    ids=["none", "unknown", "line", "gap", "alone", "rounded and cut at the top"],
)
def test_a_line_goes_through_what_is_known(values: list[float], path: str) -> None:
    assert shape.line(np.array(values), 10.0, 20.0) == path


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ([NAN], ""),
        ([10.0, 5.0], "M0.5 20L0.5 0L1.5 10L1.5 20z"),
        ([10.0, 10.0, NAN, 5.0, 5.0], "M0.5 20L0.5 0L1.5 0L1.5 20zM3.5 20L3.5 10L4.5 10L4.5 20z"),
        ([5.0, NAN, NAN], "M0.5 20L0.5 10L0.5 20z"),
    ],
    ids=["unknown", "area", "gap", "alone"],
)
def test_an_area_is_closed_down_to_0_before_each_gap(values: list[float], path: str) -> None:
    assert shape.area(np.array(values), 10.0, 20.0) == path


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ([NAN], ""),
        ([2.0], "M0 10H1"),
        ([2.0, 2.0, 2.0], "M0 10H3"),
        ([2.0, 4.0, 4.0, 1.0], "M0 10H1V0H3V15H4"),
        ([2.0, NAN, 3.0], "M0 10H1M2 5H3"),
    ],
    ids=["unknown", "one", "constant", "steps", "gap"],
)
def test_steps_keep_a_count_for_its_whole_bucket(values: list[float], path: str) -> None:
    assert shape.steps(np.array(values), 4.0, 20.0) == path


@pytest.mark.parametrize(
    ("most", "many", "whole", "expected"),
    [
        (0.0, 3, False, (0.0, 1.0)),
        (NAN, 3, False, (0.0, 1.0)),
        (0.2, 2, False, (0.0, 0.1, 0.2)),
        (0.312, 2, False, (0.0, 0.2, 0.4)),
        (27.0, 3, False, (0.0, 10.0, 20.0, 30.0)),
        (1.0, 3, True, (0.0, 1.0)),
        (4.4, 3, True, (0.0, 2.0, 4.0, 6.0)),
        (7.0, 3, True, (0.0, 3.0, 6.0, 9.0)),
    ],
)
def test_an_axis_has_round_numbers_up_to_what_is_shown(
    most: float, many: int, whole: bool, expected: tuple[float, ...]
) -> None:
    assert shape.ticks(most, many, whole) == pytest.approx(expected)


def test_the_largest_of_several_series_leaves_out_what_is_unknown() -> None:
    assert shape.most_of(np.array([NAN, 3.0]), np.array([NAN, NAN]), np.array([1.0])) == 3.0
    assert shape.most_of(np.array([NAN])) == 0.0


def test_a_value_on_an_axis_that_is_empty_stands_at_its_foot() -> None:
    assert shape.line(np.array([0.0, 0.0]), 0.0, 20.0) == "M0.5 20L1.5 20"
