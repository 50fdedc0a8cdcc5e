from __future__ import annotations

import numpy as np
import pytest

from platform_admin.pages.buckets import How, bucketed, coarser

NAN = float("nan")


@pytest.mark.parametrize(
    ("how", "expected"),
    [("mean", [2.0, NAN, 6.0]), ("most", [3.0, NAN, 8.0]), ("last", [3.0, NAN, 4.0])],
)
def test_a_bucket_has_one_value_and_nothing_known_is_unknown(
    how: How, expected: list[float]
) -> None:
    at = np.array([100.0, 105.0, 112.0, 120.0, 129.9])
    values = np.array([1.0, 3.0, NAN, 8.0, 4.0])

    found = bucketed(at, values, 100.0, 10.0, 3, how)

    np.testing.assert_array_equal(found, expected)


def test_what_is_before_or_after_the_buckets_is_left_out() -> None:
    at, values = np.array([99.9, 100.0, 120.0]), np.array([5.0, 1.0, 7.0])

    np.testing.assert_array_equal(bucketed(at, values, 100.0, 10.0, 2, "most"), [1.0, NAN])


def test_one_known_value_is_enough_and_an_unknown_one_does_not_pull_it_down() -> None:
    at, values = np.array([0.0, 1.0, 2.0]), np.array([NAN, 6.0, NAN])

    for how in ("mean", "most", "last"):
        np.testing.assert_array_equal(
            bucketed(at, values, 0.0, 10.0, 1, how),
            [6.0],
        )


def test_many_series_are_brought_into_buckets_at_once() -> None:
    at, table = np.array([0.0, 10.0]), np.array([[1.0, 2.0], [3.0, NAN]])

    np.testing.assert_array_equal(bucketed(at, table, 0.0, 10.0, 2, "mean"), table)


def test_coarser_buckets_end_where_the_finer_ones_end() -> None:
    values = np.array([9.0, 1.0, 3.0, NAN, NAN, 5.0, 7.0])

    np.testing.assert_array_equal(coarser(values, 2, "mean"), [2.0, NAN, 6.0])


def test_without_any_measurement_all_is_unknown() -> None:
    found = bucketed(np.empty(0), np.empty((2, 0)), 0.0, 10.0, 3, "last")

    assert found.shape == (2, 3)
    assert np.isnan(found).all()
