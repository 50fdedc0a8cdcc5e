from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from platform_admin.demo.load.shape import Stretch, count, due, rate, seconds

stretches = st.lists(
    st.builds(Stretch, st.floats(0.5, 20), st.floats(0.5, 50), st.floats(0.5, 50)),
    min_size=1,
    max_size=4,
)


def test_a_constant_rate_is_evenly_spread() -> None:
    assert list(due([Stretch(2, 2, 2)])) == [0.5, 1.0, 1.5, 2.0]


def test_a_growing_rate_comes_closer_together() -> None:
    times = list(due([Stretch(10, 1, 9)]))
    gaps = [b - a for a, b in pairwise(times)]

    assert len(times) == 50
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] == pytest.approx(1 / 9, rel=0.02)


@given(stretches)
@example([Stretch(1.0, 50.0, 49.99999999999999)])
def test_as_many_fall_due_as_the_rates_add_up_to(shape: list[Stretch]) -> None:
    times = list(due(shape))

    assert abs(len(times) - sum(stretch.total for stretch in shape)) <= 1
    assert times == sorted(times)
    assert all(0 < at <= seconds(shape) + 1e-6 for at in times)
    assert count(shape) == len(times)


def test_the_rate_at_a_second_is_that_of_its_stretch() -> None:
    shape = [Stretch(10, 0, 10), Stretch(5, 10, 10)]

    assert [rate(shape, at) for at in (0, 5, 12, 20)] == [0, 5, 10, 0]
