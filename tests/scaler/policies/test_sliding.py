from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scaler.policies import sliding

SERIES = st.lists(st.tuples(*[st.integers(0, 50)] * 3), min_size=1, max_size=60)


@given(SERIES, st.integers(1, 37), st.sampled_from([np.maximum, np.minimum]))
def test_a_window_holds_what_the_last_values_held(
    series: list[tuple[int, ...]], count: int, choose: np.ufunc
) -> None:
    first = np.zeros((3, 1), np.int16)
    ladder = sliding.filled(first, 37)
    values = [first] * 40
    for tick, row in enumerate(series, start=1):
        values.append(np.array(row, np.int16)[:, np.newaxis])
        sliding.pushed(ladder, values[-1], tick, choose)
        expected = choose.reduce(values[-count:])
        assert (sliding.last(ladder, count, tick, choose) == expected).all()


@given(SERIES, st.lists(st.integers(1, 21), min_size=3, max_size=3))
def test_each_lane_has_a_window_of_its_own(
    series: list[tuple[int, ...]], counts: list[int]
) -> None:
    ladder = sliding.filled(np.zeros((3, 1), np.int16), 21)
    for tick, row in enumerate(series, start=1):
        sliding.pushed(ladder, np.array(row, np.int16)[:, np.newaxis], tick, np.maximum)
        found = sliding.last_of_each(ladder, np.array(counts), tick, np.maximum)
        alone = [
            sliding.last(ladder, count, tick, np.maximum)[lane] for lane, count in enumerate(counts)
        ]
        assert (found == np.array(alone)).all()
